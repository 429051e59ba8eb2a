/** The NBD handshake as bytes: fixed newstyle, options and their replies. Sockets are elsewhere. */
import {
  handshakeFlag,
  info,
  maxOptionLength,
  maxRequestLength,
  maxStringLength,
  NbdProtocolError,
  nbdMagic,
  optionMagic,
  optionReplyMagic,
} from './protocol.ts';

export const greetingLength = 18;
export const optionHeaderLength = 16;
export const optionReplyHeaderLength = 20;

/** What a server sends first. */
export function encodeGreeting(): Buffer {
  const out = Buffer.alloc(greetingLength);
  out.writeBigUInt64BE(nbdMagic, 0);
  out.writeBigUInt64BE(optionMagic, 8);
  out.writeUInt16BE(handshakeFlag.fixedNewstyle | handshakeFlag.noZeroes, 16);
  return out;
}

export function decodeGreeting(bytes: Buffer): { flags: number } {
  need(bytes, greetingLength, 'greeting');
  if (bytes.readBigUInt64BE(0) !== nbdMagic) throw new NbdProtocolError('This is no NBD server');
  if (bytes.readBigUInt64BE(8) !== optionMagic)
    throw new NbdProtocolError('The server speaks the oldstyle handshake');
  const flags = bytes.readUInt16BE(16);
  if (!(flags & handshakeFlag.fixedNewstyle)) throw new NbdProtocolError('The server is not fixed newstyle');
  return { flags };
}

export function encodeClientFlags(flags: number): Buffer {
  return u32(flags);
}

export function decodeClientFlags(bytes: Buffer): { noZeroes: boolean } {
  need(bytes, 4, 'client flags');
  const flags = bytes.readUInt32BE(0);
  if (flags & ~(handshakeFlag.fixedNewstyle | handshakeFlag.noZeroes))
    throw new NbdProtocolError(`Client flags ${flags} are unknown`);
  return { noZeroes: (flags & handshakeFlag.noZeroes) !== 0 };
}

export function encodeOption(code: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(optionHeaderLength);
  head.writeBigUInt64BE(optionMagic, 0);
  head.writeUInt32BE(code, 8);
  head.writeUInt32BE(data.length, 12);
  return Buffer.concat([head, data]);
}

export function decodeOptionHeader(bytes: Buffer): { code: number; length: number } {
  need(bytes, optionHeaderLength, 'option');
  if (bytes.readBigUInt64BE(0) !== optionMagic)
    throw new NbdProtocolError('An option does not begin with IHAVEOPT');
  const length = bytes.readUInt32BE(12);
  if (length > maxOptionLength) throw new NbdProtocolError(`An option has ${length} bytes`);
  return { code: bytes.readUInt32BE(8), length };
}

export function encodeOptionReply(code: number, type: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(optionReplyHeaderLength);
  head.writeBigUInt64BE(optionReplyMagic, 0);
  head.writeUInt32BE(code, 8);
  head.writeUInt32BE(type, 12);
  head.writeUInt32BE(data.length, 16);
  return Buffer.concat([head, data]);
}

export function decodeOptionReplyHeader(bytes: Buffer): { code: number; type: number; length: number } {
  need(bytes, optionReplyHeaderLength, 'option reply');
  if (bytes.readBigUInt64BE(0) !== optionReplyMagic)
    throw new NbdProtocolError('An option reply has the wrong magic');
  const length = bytes.readUInt32BE(16);
  if (length > maxOptionLength) throw new NbdProtocolError(`An option reply has ${length} bytes`);
  return { code: bytes.readUInt32BE(8), type: bytes.readUInt32BE(12), length };
}

/** Data of INFO and GO: an export name and the infos asked for. */
export function encodeInfoRequest(name: string, infos: readonly number[] = []): Buffer {
  return Buffer.concat([longText(name), u16(infos.length), ...infos.map(u16)]);
}

export function decodeInfoRequest(data: Buffer): { name: string; infos: number[] } {
  const [name, rest] = takeText(data, 0);
  need(data, rest + 2, 'info request');
  const count = data.readUInt16BE(rest);
  if (data.length !== rest + 2 + count * 2)
    throw new NbdProtocolError('An info request has the wrong length');
  return {
    name,
    infos: Array.from({ length: count }, (_, index) => data.readUInt16BE(rest + 2 + index * 2)),
  };
}

export function encodeExportInfo(size: number, flags: number): Buffer {
  return Buffer.concat([u16(info.export), u64(size), u16(flags)]);
}

export function encodeBlockSizeInfo(minimum: number, preferred: number): Buffer {
  return Buffer.concat([u16(info.blockSize), u32(minimum), u32(preferred), u32(maxRequestLength)]);
}

export type ExportInfo =
  | { kind: 'export'; size: number; flags: number }
  | { kind: 'blockSize'; minimum: number; preferred: number; maximum: number }
  | { kind: 'other' };

export function decodeInfo(data: Buffer): ExportInfo {
  need(data, 2, 'info');
  const kind = data.readUInt16BE(0);
  if (kind === info.export) {
    if (data.length !== 12) throw new NbdProtocolError('An export info has the wrong length');
    return {
      kind: 'export',
      size: safe(data.readBigUInt64BE(2), 'export size'),
      flags: data.readUInt16BE(10),
    };
  }
  if (kind === info.blockSize) {
    if (data.length !== 14) throw new NbdProtocolError('A block size info has the wrong length');
    const [minimum, preferred, maximum] = [data.readUInt32BE(2), data.readUInt32BE(6), data.readUInt32BE(10)];
    if (minimum === 0 || minimum > 65536 || (minimum & (minimum - 1)) !== 0 || maximum < minimum)
      throw new NbdProtocolError(`Block sizes ${minimum} to ${maximum} make no sense`);
    return { kind: 'blockSize', minimum, preferred, maximum };
  }
  return { kind: 'other' };
}

/** What an EXPORT_NAME option is answered with. */
export function encodeExportReply(size: number, flags: number, noZeroes: boolean): Buffer {
  return Buffer.concat([u64(size), u16(flags), Buffer.alloc(noZeroes ? 0 : 124)]);
}

/** Data of LIST_META_CONTEXT and SET_META_CONTEXT. */
export function encodeMetaQuery(name: string, queries: readonly string[]): Buffer {
  return Buffer.concat([longText(name), u32(queries.length), ...queries.map(longText)]);
}

export function decodeMetaQuery(data: Buffer): { name: string; queries: string[] } {
  let [name, position] = takeText(data, 0);
  need(data, position + 4, 'meta context query');
  const count = data.readUInt32BE(position);
  position += 4;
  // Each query takes four bytes at least, so that a count cannot promise more than the data holds.
  if (count > (data.length - position) / 4)
    throw new NbdProtocolError(`A meta context option promises ${count} queries`);
  const queries: string[] = [];
  for (let query = 0; query < count; query++) {
    const [text, next] = takeText(data, position);
    queries.push(text);
    position = next;
  }
  if (position !== data.length) throw new NbdProtocolError('A meta context option has bytes too many');
  return { name, queries };
}

export function encodeMetaContext(id: number, name: string): Buffer {
  return Buffer.concat([u32(id), Buffer.from(name)]);
}

export function decodeMetaContext(data: Buffer): { id: number; name: string } {
  need(data, 4, 'meta context');
  if (data.length - 4 > maxStringLength) throw new NbdProtocolError('A meta context name is too long');
  return { id: data.readUInt32BE(0), name: data.toString('utf8', 4) };
}

/** Data of a reply to LIST. */
export function encodeListedExport(name: string): Buffer {
  return longText(name);
}

function longText(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  if (bytes.length > maxStringLength)
    throw new RangeError(`An NBD name has at most ${maxStringLength} bytes`);
  return Buffer.concat([u32(bytes.length), bytes]);
}

function takeText(data: Buffer, position: number): [text: string, next: number] {
  need(data, position + 4, 'name');
  const length = data.readUInt32BE(position);
  if (length > maxStringLength) throw new NbdProtocolError(`A name has ${length} bytes`);
  need(data, position + 4 + length, 'name');
  return [data.toString('utf8', position + 4, position + 4 + length), position + 4 + length];
}

function need(bytes: Buffer, length: number, what: string): void {
  if (bytes.length < length) throw new NbdProtocolError(`A ${what} ends early`);
}

export function safe(value: bigint, what: string): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new NbdProtocolError(`The ${what} is too large`);
  return Number(value);
}

function u16(value: number): Buffer {
  const out = Buffer.alloc(2);
  out.writeUInt16BE(value);
  return out;
}

function u32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
}

function u64(value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt(value));
  return out;
}
