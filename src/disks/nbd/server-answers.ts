/** What a request is answered: its bytes, in pieces, so that those of a disk are not copied. */
import {
  chunk,
  chunkFlag,
  command,
  commandFlag,
  maxExtents,
  maxRequestLength,
  nbdErrorNumber,
} from './protocol.ts';
import type { Agreement } from './server-negotiation.ts';
import type { StatusExtent } from './transmission.ts';
import {
  encodeChunkHeader,
  encodeError,
  encodeReadHeader,
  encodeSimpleReply,
  encodeStatus,
  type Request,
} from './transmission.ts';

/** Answers below this are one piece with their header: copying them costs less than telling the kernel of two. */
const smallAnswer = 16 * 1024;

/** Throws or rejects where the disk does. */
export function answer(agreement: Agreement, request: Request): Buffer[] | Promise<Buffer[]> {
  const { disk, structured, allocationContext } = agreement;
  const { type, cookie, length } = request;
  const refuse = (error: keyof typeof nbdErrorNumber, message: string) =>
    answerFailure(agreement, request, error, message);

  if (type === command.write || type === command.trim) return refuse('EPERM', 'read-only');
  if (type === command.flush)
    return structured
      ? [encodeChunkHeader(cookie, chunk.none, chunkFlag.done, 0)]
      : [encodeSimpleReply(cookie, 0)];
  if (type !== command.read && type !== command.blockStatus)
    return refuse('EINVAL', `unknown command ${type}`);
  if (length === 0 || request.offset + BigInt(length) > BigInt(disk.size))
    return refuse('EINVAL', 'outside the export');
  const offset = Number(request.offset);

  if (type === command.read) {
    if (request.flags & ~(commandFlag.doNotFragment | commandFlag.forceUnitAccess))
      return refuse('EINVAL', 'unknown flags');
    if (length > maxRequestLength) return refuse('EINVAL', 'too long');
    const parts = disk.read(offset, length);
    return parts instanceof Promise
      ? parts.then(later => answerRead(agreement, request, offset, later))
      : answerRead(agreement, request, offset, parts);
  }
  if (!structured || allocationContext === undefined || !disk.blockStatus)
    return refuse('EINVAL', 'no metadata context was agreed on');
  const most = request.flags & commandFlag.requestOne ? 1 : maxExtents / 2;
  const answerStatus = (extents: StatusExtent[]) => {
    const payload = encodeStatus(allocationContext, extents.slice(0, most));
    return [encodeChunkHeader(cookie, chunk.blockStatus, chunkFlag.done, payload.length), payload];
  };
  const extents = disk.blockStatus(offset, length);
  return extents instanceof Promise ? extents.then(answerStatus) : answerStatus(extents);
}

export function answerFailure(
  { structured }: Agreement,
  { cookie }: Request,
  error: keyof typeof nbdErrorNumber,
  message: string,
): Buffer[] {
  if (!structured) return [encodeSimpleReply(cookie, nbdErrorNumber[error])];
  const payload = encodeError(nbdErrorNumber[error], message);
  return [encodeChunkHeader(cookie, chunk.error, chunkFlag.done, payload.length), payload];
}

function answerRead(
  { structured }: Agreement,
  { cookie, length }: Request,
  offset: number,
  parts: readonly Buffer[],
): Buffer[] {
  let found = 0;
  for (const part of parts) found += part.length;
  if (found !== length) throw new Error(`An export read ${found} bytes for ${length}`);
  const header = structured ? encodeReadHeader(cookie, offset, length) : encodeSimpleReply(cookie, 0);
  return length <= smallAnswer ? [Buffer.concat([header, ...parts])] : [header, ...parts];
}
