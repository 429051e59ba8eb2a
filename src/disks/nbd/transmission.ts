/** NBD requests and replies as bytes, after the handshake. */
import { safe } from './negotiation.ts';
import {
  chunk,
  chunkFlag,
  maxExtents,
  maxRequestLength,
  NbdProtocolError,
  requestMagic,
  simpleReplyMagic,
  structuredReplyMagic,
} from './protocol.ts';

export const requestLength = 28;
export const simpleReplyLength = 16;
export const chunkHeaderLength = 20;
const maxMessageLength = 4096;

export interface Request {
  flags: number;
  type: number;
  cookie: bigint;
  /** May lie anywhere: the server checks it against the export. */
  offset: bigint;
  length: number;
}

/** A run of bytes with the same flags in one metadata context. */
export interface StatusExtent {
  length: number;
  flags: number;
}

export function encodeRequest(request: Request): Buffer {
  const out = Buffer.alloc(requestLength);
  out.writeUInt32BE(requestMagic, 0);
  out.writeUInt16BE(request.flags, 4);
  out.writeUInt16BE(request.type, 6);
  out.writeBigUInt64BE(request.cookie, 8);
  out.writeBigUInt64BE(request.offset, 16);
  out.writeUInt32BE(request.length, 24);
  return out;
}

export function decodeRequest(bytes: Buffer): Request {
  if (bytes.length !== requestLength) throw new NbdProtocolError('A request ends early');
  if (bytes.readUInt32BE(0) !== requestMagic) throw new NbdProtocolError('A request has the wrong magic');
  return {
    flags: bytes.readUInt16BE(4),
    type: bytes.readUInt16BE(6),
    cookie: bytes.readBigUInt64BE(8),
    offset: bytes.readBigUInt64BE(16),
    length: bytes.readUInt32BE(24),
  };
}

export function encodeSimpleReply(cookie: bigint, error: number): Buffer {
  const out = Buffer.alloc(simpleReplyLength);
  out.writeUInt32BE(simpleReplyMagic, 0);
  out.writeUInt32BE(error, 4);
  out.writeBigUInt64BE(cookie, 8);
  return out;
}

/** The header of a structured reply chunk; its payload follows. */
export function encodeChunkHeader(cookie: bigint, type: number, flags: number, length: number): Buffer {
  const out = Buffer.alloc(chunkHeaderLength);
  out.writeUInt32BE(structuredReplyMagic, 0);
  out.writeUInt16BE(flags, 4);
  out.writeUInt16BE(type, 6);
  out.writeBigUInt64BE(cookie, 8);
  out.writeUInt32BE(length, 16);
  return out;
}

export type ReplyHeader =
  | { kind: 'simple'; cookie: bigint; error: number }
  | { kind: 'chunk'; cookie: bigint; type: number; flags: number; length: number };

/** @param bytes the first 16 bytes of a reply, or the first 20 of a structured one */
export function decodeReplyHeader(bytes: Buffer): ReplyHeader {
  const magic = bytes.length >= simpleReplyLength ? bytes.readUInt32BE(0) : undefined;
  if (magic === simpleReplyMagic)
    return { kind: 'simple', error: bytes.readUInt32BE(4), cookie: bytes.readBigUInt64BE(8) };
  if (magic !== structuredReplyMagic || bytes.length < chunkHeaderLength)
    throw new NbdProtocolError('A reply has the wrong magic');
  const length = bytes.readUInt32BE(16);
  if (length > maxRequestLength + 8) throw new NbdProtocolError(`A reply chunk has ${length} bytes`);
  return {
    kind: 'chunk',
    flags: bytes.readUInt16BE(4),
    type: bytes.readUInt16BE(6),
    cookie: bytes.readBigUInt64BE(8),
    length,
  };
}

/** Whether the 16 bytes read begin a structured chunk, of which 4 more belong to the header. */
export function isChunk(bytes: Buffer): boolean {
  return bytes.readUInt32BE(0) === structuredReplyMagic;
}

export type ChunkPayload =
  | { type: 'none' }
  | { type: 'data'; offset: number; data: Buffer }
  | { type: 'hole'; offset: number; length: number }
  | { type: 'status'; context: number; extents: StatusExtent[] }
  | { type: 'error'; error: number; message: string };

export function decodeChunkPayload(type: number, payload: Buffer): ChunkPayload {
  const exactly = (condition: boolean) => {
    if (!condition) throw new NbdProtocolError(`A reply chunk of type ${type} has ${payload.length} bytes`);
  };
  if (type === chunk.none) {
    exactly(payload.length === 0);
    return { type: 'none' };
  }
  if (type === chunk.offsetData) {
    exactly(payload.length > 8);
    return { type: 'data', offset: safe(payload.readBigUInt64BE(0), 'offset'), data: payload.subarray(8) };
  }
  if (type === chunk.offsetHole) {
    exactly(payload.length === 12);
    return {
      type: 'hole',
      offset: safe(payload.readBigUInt64BE(0), 'offset'),
      length: payload.readUInt32BE(8),
    };
  }
  if (type === chunk.blockStatus) {
    exactly(payload.length >= 12 && (payload.length - 4) % 8 === 0 && payload.length <= 4 + maxExtents * 8);
    return { type: 'status', context: payload.readUInt32BE(0), extents: decodeExtents(payload.subarray(4)) };
  }
  if ((type & 0x8000) !== 0) {
    exactly(payload.length >= 6);
    const error = payload.readUInt32BE(0);
    const length = payload.readUInt16BE(4);
    exactly(error !== 0 && length <= maxMessageLength && payload.length >= 6 + length);
    return { type: 'error', error, message: payload.toString('utf8', 6, 6 + length) };
  }
  throw new NbdProtocolError(`A reply chunk has the unknown type ${type}`);
}

/** All before the data of a read that one chunk answers. */
export function encodeReadHeader(cookie: bigint, offset: number, length: number): Buffer {
  const out = Buffer.allocUnsafe(chunkHeaderLength + 8);
  out.writeUInt32BE(structuredReplyMagic, 0);
  out.writeUInt16BE(chunkFlag.done, 4);
  out.writeUInt16BE(chunk.offsetData, 6);
  out.writeBigUInt64BE(cookie, 8);
  out.writeUInt32BE(8 + length, 16);
  out.writeBigUInt64BE(BigInt(offset), 20);
  return out;
}

export function encodeStatus(context: number, extents: readonly StatusExtent[]): Buffer {
  const out = Buffer.alloc(4 + extents.length * 8);
  out.writeUInt32BE(context, 0);
  extents.forEach(({ length, flags }, index) => {
    out.writeUInt32BE(length, 4 + index * 8);
    out.writeUInt32BE(flags, 8 + index * 8);
  });
  return out;
}

export function encodeError(error: number, message: string): Buffer {
  const text = Buffer.from(message).subarray(0, 1024);
  const head = Buffer.alloc(6);
  head.writeUInt32BE(error, 0);
  head.writeUInt16BE(text.length, 4);
  return Buffer.concat([head, text]);
}

function decodeExtents(bytes: Buffer): StatusExtent[] {
  return Array.from({ length: bytes.length / 8 }, (_, index) => {
    const length = bytes.readUInt32BE(index * 8);
    if (length === 0) throw new NbdProtocolError('An extent is empty');
    return { length, flags: bytes.readUInt32BE(index * 8 + 4) };
  });
}
