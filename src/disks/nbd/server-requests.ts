import type { Socket } from 'node:net';
import {
  chunk,
  chunkFlag,
  command,
  commandFlag,
  maxExtents,
  maxRequestLength,
  NbdProtocolError,
  nbdErrorNumber,
} from './protocol.ts';
import type { Agreement } from './server-negotiation.ts';
import {
  decodeRequest,
  encodeChunkHeader,
  encodeError,
  encodeOffsetData,
  encodeSimpleReply,
  encodeStatus,
  type Request,
  requestLength,
} from './transmission.ts';

/** Bytes of answers one connection may have under way, beside one request of any size. */
const maxBytesInFlight = 64 * 1024 * 1024;

/** Answers requests until the client disconnects. Reads no further request while too much is under way. */
export async function serveRequests(
  socket: Socket,
  read: (length: number) => Promise<Buffer>,
  agreement: Agreement,
  { onError, maxInFlight }: { onError(error: unknown): void; maxInFlight: number },
): Promise<void> {
  let requests = 0;
  let bytes = 0;
  let resume: (() => void) | undefined;
  for (;;) {
    while (requests >= maxInFlight || bytes >= maxBytesInFlight)
      await new Promise<void>(resolve => {
        resume = resolve;
      });
    const request = decodeRequest(await read(requestLength));
    if (request.type === command.disconnect) return;
    if (request.type === command.write) await discard(read, request.length);
    const cost = request.type === command.read ? Math.min(request.length, maxRequestLength) : 0;
    requests++;
    bytes += cost;
    answer(agreement, request)
      .catch(error => {
        onError(error);
        return failed(agreement, request, 'EIO', (error as Error).message);
      })
      .then(reply => send(socket, reply))
      .finally(() => {
        requests--;
        bytes -= cost;
        resume?.();
        resume = undefined;
      });
  }
}

/** Resolves when the kernel took the bytes, or the connection is gone: what is counted in flight covers buffers too. */
function send(socket: Socket, reply: readonly Buffer[]): Promise<void> {
  return new Promise(resolve => {
    if (socket.destroyed) return resolve();
    socket.cork();
    for (const part of reply.slice(0, -1)) socket.write(part);
    socket.write(reply.at(-1)!, () => resolve());
    socket.uncork();
  });
}

async function answer(agreement: Agreement, request: Request): Promise<Buffer[]> {
  const { disk, structured, allocationContext } = agreement;
  const { type, cookie } = request;
  if (type === command.write || type === command.trim)
    return failed(agreement, request, 'EPERM', 'read-only');
  if (type === command.flush)
    return structured
      ? [encodeChunkHeader(cookie, chunk.none, chunkFlag.done, 0)]
      : [encodeSimpleReply(cookie, 0)];
  if (type !== command.read && type !== command.blockStatus)
    return failed(agreement, request, 'EINVAL', `unknown command ${type}`);
  if (request.length === 0 || request.offset + BigInt(request.length) > BigInt(disk.size))
    return failed(agreement, request, 'EINVAL', 'outside the export');
  const offset = Number(request.offset);

  if (type === command.read) {
    if (request.flags & ~(commandFlag.doNotFragment | commandFlag.forceUnitAccess))
      return failed(agreement, request, 'EINVAL', 'unknown flags');
    if (request.length > maxRequestLength) return failed(agreement, request, 'EINVAL', 'too long');
    const data = await disk.read(offset, request.length);
    if (data.length !== request.length)
      throw new Error(`An export read ${data.length} bytes for ${request.length}`);
    if (!structured) return [encodeSimpleReply(cookie, 0), data];
    const header = encodeChunkHeader(cookie, chunk.offsetData, chunkFlag.done, 8 + data.length);
    return [header, ...encodeOffsetData(offset, data)];
  }
  if (!structured || allocationContext === undefined || !disk.blockStatus)
    return failed(agreement, request, 'EINVAL', 'no metadata context was agreed on');
  const extents = await disk.blockStatus(offset, request.length);
  const payload = encodeStatus(
    allocationContext,
    extents.slice(0, request.flags & commandFlag.requestOne ? 1 : maxExtents / 2),
  );
  return [encodeChunkHeader(cookie, chunk.blockStatus, chunkFlag.done, payload.length), payload];
}

function failed(
  { structured }: Agreement,
  { cookie }: Request,
  error: keyof typeof nbdErrorNumber,
  message: string,
): Buffer[] {
  if (!structured) return [encodeSimpleReply(cookie, nbdErrorNumber[error])];
  const payload = encodeError(nbdErrorNumber[error], message);
  return [encodeChunkHeader(cookie, chunk.error, chunkFlag.done, payload.length), payload];
}

/** Reads away the payload of a write, which is refused. */
async function discard(read: (length: number) => Promise<Buffer>, length: number): Promise<void> {
  if (length > maxRequestLength) throw new NbdProtocolError(`A client writes ${length} bytes at once`);
  for (let left = length; left > 0; left -= Math.min(left, 65_536)) await read(Math.min(left, 65_536));
}
