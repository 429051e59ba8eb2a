/** Names and numbers of the NBD protocol: https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md */

export const nbdMagic = 0x4e42444d41474943n;
export const optionMagic = 0x49484156454f5054n;
export const optionReplyMagic = 0x0003e889045565a9n;
export const requestMagic = 0x25609513;
export const simpleReplyMagic = 0x67446698;
export const structuredReplyMagic = 0x668e33ef;

export const handshakeFlag = { fixedNewstyle: 1, noZeroes: 2 } as const;

export const transmissionFlag = {
  hasFlags: 1,
  readOnly: 2,
  sendFlush: 4,
  sendDf: 1 << 7,
  canMultiConn: 1 << 8,
} as const;

export const option = {
  exportName: 1,
  abort: 2,
  list: 3,
  info: 6,
  go: 7,
  structuredReply: 8,
  listMetaContext: 9,
  setMetaContext: 10,
} as const;

export const optionReply = {
  ack: 1,
  server: 2,
  info: 3,
  metaContext: 4,
  errorUnsupported: 0x80000001,
  errorPolicy: 0x80000002,
  errorInvalid: 0x80000003,
  errorUnknown: 0x80000006,
  errorTooBig: 0x80000009,
} as const;

export const info = { export: 0, name: 1, description: 2, blockSize: 3 } as const;

export const command = {
  read: 0,
  write: 1,
  disconnect: 2,
  flush: 3,
  trim: 4,
  cache: 5,
  blockStatus: 7,
} as const;

export const commandFlag = { forceUnitAccess: 1, doNotFragment: 4, requestOne: 8 } as const;

export const chunkFlag = { done: 1 } as const;

export const chunk = {
  none: 0,
  offsetData: 1,
  offsetHole: 2,
  blockStatus: 5,
  error: 0x8001,
  errorOffset: 0x8002,
} as const;

/** Error numbers on the wire: Linux's. */
export const nbdErrorNumber = {
  EPERM: 1,
  EIO: 5,
  ENOMEM: 12,
  EINVAL: 22,
  EOVERFLOW: 75,
  ENOTSUP: 95,
  ESHUTDOWN: 108,
} as const;
export type NbdErrorName = keyof typeof nbdErrorNumber;

/** Flags of an extent of `base:allocation`. */
export const allocation = { hole: 1, zero: 2 } as const;

/** The largest read we serve or ask for at once; what QEMU and libnbd hold to. */
export const maxRequestLength = 32 * 1024 * 1024;
/** The protocol's limit for names and descriptions. */
export const maxStringLength = 4096;
/** Data of one option, or of the reply to one: room for a few names. */
export const maxOptionLength = 64 * 1024;
/** Extents of one reply: what QEMU sends at most, and a little. */
export const maxExtents = 256 * 1024;

/** The other side broke the protocol, or asks for more than is allowed: the connection ends. */
export class NbdProtocolError extends Error {
  override name = 'NbdProtocolError';
}

export function nbdErrorName(number: number): string {
  return Object.entries(nbdErrorNumber).find(([, value]) => value === number)?.[0] ?? `error ${number}`;
}
