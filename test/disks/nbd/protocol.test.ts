import { describe, expect, test } from 'vitest';
import * as negotiation from '../../../src/disks/nbd/negotiation.ts';
import { maxOptionLength, NbdProtocolError } from '../../../src/disks/nbd/protocol.ts';
import * as transmission from '../../../src/disks/nbd/transmission.ts';
import { seededBytes } from './seeded-bytes.ts';

const hex = (bytes: Buffer) => bytes.toString('hex');

describe('NBD on the wire', () => {
  test('the handshake has the bytes of the protocol text', () => {
    expect(hex(negotiation.encodeGreeting())).toBe('4e42444d4147494349484156454f50540003');
    expect(hex(negotiation.encodeOption(7, negotiation.encodeInfoRequest('ab', [3])))).toBe(
      '49484156454f5054' + '00000007' + '0000000a' + '00000002' + '6162' + '0001' + '0003',
    );
    expect(hex(negotiation.encodeOptionReply(6, 1))).toBe(
      '0003e889045565a9' + '00000006' + '00000001' + '00000000',
    );
    expect(hex(negotiation.encodeExportInfo(512, 0x103))).toBe('0000' + '0000000000000200' + '0103');
    expect(hex(negotiation.encodeBlockSizeInfo(1, 4096))).toBe('0003' + '00000001' + '00001000' + '02000000');
    expect(negotiation.encodeExportReply(512, 3, false)).toHaveLength(134);
    expect(negotiation.encodeExportReply(512, 3, true)).toHaveLength(10);
    expect(hex(negotiation.encodeMetaQuery('d', ['base:']))).toBe(
      `00000001640000000100000005${hex(Buffer.from('base:'))}`,
    );
  });

  test('requests and replies have the bytes of the protocol text', () => {
    const request = { flags: 8, type: 7, cookie: 0x0102n, offset: 512n, length: 1024 };
    const bytes = transmission.encodeRequest(request);
    expect(hex(bytes)).toBe(
      '25609513' + '0008' + '0007' + '0000000000000102' + '0000000000000200' + '00000400',
    );
    expect(transmission.decodeRequest(bytes)).toEqual(request);
    expect(hex(transmission.encodeSimpleReply(3n, 5))).toBe('67446698' + '00000005' + '0000000000000003');
    expect(hex(transmission.encodeChunkHeader(3n, 5, 1, 12))).toBe(
      '668e33ef' + '0001' + '0005' + '0000000000000003' + '0000000c',
    );
    expect(hex(transmission.encodeStatus(1, [{ length: 512, flags: 3 }]))).toBe(
      '00000001' + '00000200' + '00000003',
    );
  });

  test('what is encoded is decoded again', () => {
    expect(negotiation.decodeInfoRequest(negotiation.encodeInfoRequest('snap-1', [0, 3]))).toEqual({
      name: 'snap-1',
      infos: [0, 3],
    });
    const query = { name: 'x', queries: ['base:allocation', 'qemu:dirty-bitmap:b'] };
    expect(negotiation.decodeMetaQuery(negotiation.encodeMetaQuery(query.name, query.queries))).toEqual(
      query,
    );
    expect(negotiation.decodeMetaContext(negotiation.encodeMetaContext(4, 'c'))).toEqual({
      id: 4,
      name: 'c',
    });
    expect(negotiation.decodeInfo(negotiation.encodeExportInfo(9, 1))).toEqual({
      kind: 'export',
      size: 9,
      flags: 1,
    });
    const extents = [
      { length: 1, flags: 0 },
      { length: 2, flags: 3 },
    ];
    expect(transmission.decodeChunkPayload(5, transmission.encodeStatus(2, extents))).toEqual({
      type: 'status',
      context: 2,
      extents,
    });
    expect(transmission.decodeChunkPayload(0x8001, transmission.encodeError(5, 'why'))).toEqual({
      type: 'error',
      error: 5,
      message: 'why',
    });
  });

  test('lengths are bounded before anything is allocated', () => {
    const option = negotiation.encodeOption(1);
    option.writeUInt32BE(maxOptionLength + 1, 12);
    expect(() => negotiation.decodeOptionHeader(option)).toThrow(/65537/);
    const query = negotiation.encodeMetaQuery('', []);
    query.writeUInt32BE(0xffffffff, 4);
    expect(() => negotiation.decodeMetaQuery(query)).toThrow(/4294967295/);
    const header = transmission.encodeChunkHeader(1n, 1, 1, 0xffffffff);
    expect(() => transmission.decodeReplyHeader(header)).toThrow(/4294967295/);
    expect(() =>
      transmission.decodeChunkPayload(5, transmission.encodeStatus(1, [{ length: 0, flags: 0 }])),
    ).toThrow(/empty/);
  });

  test('no decoder does anything with garbage but refuse it', () => {
    const decoders: ((bytes: Buffer) => unknown)[] = [
      negotiation.decodeGreeting,
      negotiation.decodeClientFlags,
      negotiation.decodeOptionHeader,
      negotiation.decodeOptionReplyHeader,
      negotiation.decodeInfoRequest,
      negotiation.decodeInfo,
      negotiation.decodeMetaQuery,
      negotiation.decodeMetaContext,
      transmission.decodeRequest,
      transmission.decodeReplyHeader,
      ...[0, 1, 2, 5, 0x8001, 0x8002, 77].map(
        type => (bytes: Buffer) => transmission.decodeChunkPayload(type, bytes),
      ),
    ];
    let refused = 0;
    for (let seed = 0; seed < 3_000; seed++) {
      const bytes = seededBytes(seed, seed % 64);
      // Small numbers where counts and lengths are, so that garbage gets past the first check.
      if (seed % 2) for (let at = 0; at + 4 <= bytes.length; at += 4) bytes.writeUInt32BE(bytes[at]! % 9, at);
      for (const decode of decoders) {
        try {
          decode(bytes);
        } catch (error) {
          refused++;
          expect(error).toBeInstanceOf(NbdProtocolError);
        }
      }
    }
    expect(refused).toBeGreaterThan(10_000);
  });
});
