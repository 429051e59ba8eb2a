import type { Socket } from 'node:net';
import {
  decodeClientFlags,
  decodeInfoRequest,
  decodeMetaQuery,
  decodeOptionHeader,
  encodeBlockSizeInfo,
  encodeExportInfo,
  encodeExportReply,
  encodeGreeting,
  encodeListedExport,
  encodeMetaContext,
  encodeOptionReply,
  optionHeaderLength,
} from './negotiation.ts';
import { NbdProtocolError, option, optionReply, transmissionFlag } from './protocol.ts';
import type { NbdExport } from './server.ts';

/** The one metadata context we serve, and its id. */
const baseAllocation = { id: 1, name: 'base:allocation' };
const maxOptions = 64;
const maxListed = 10_000;
const exportFlags = transmissionFlag.hasFlags | transmissionFlag.readOnly | transmissionFlag.canMultiConn;
const preferredRead = 64 * 1024;

/** What a client and we agreed on. */
export interface Agreement {
  disk: NbdExport;
  structured: boolean;
  /** The id of `base:allocation`, if the client asked for it. */
  allocationContext: number | undefined;
}

export interface Exports {
  lookup(name: string): Promise<NbdExport | undefined>;
  list?(): Promise<string[]>;
}

/** The server's side of the handshake; undefined when the client went away in good order. */
export async function negotiate(
  socket: Socket,
  read: (length: number) => Promise<Buffer>,
  exports: Exports,
): Promise<Agreement | undefined> {
  socket.write(encodeGreeting());
  const { noZeroes } = decodeClientFlags(await read(4));
  let structured = false;
  let context: { exportName: string; id: number } | undefined;
  for (let count = 0; count < maxOptions; count++) {
    const { code, length } = decodeOptionHeader(await read(optionHeaderLength));
    const data = await read(length);
    const reply = (type: number, content?: Buffer) => socket.write(encodeOptionReply(code, type, content));
    const agreement = (disk: NbdExport, name: string): Agreement => ({
      disk,
      structured,
      allocationContext: context?.exportName === name ? context.id : undefined,
    });

    if (code === option.exportName) {
      const disk = await exports.lookup(data.toString('utf8'));
      // This option has no error reply: the protocol's way to say no is to hang up.
      if (!disk) return undefined;
      socket.write(encodeExportReply(disk.size, exportFlags, noZeroes));
      return agreement(disk, data.toString('utf8'));
    }
    if (code === option.abort) {
      reply(optionReply.ack);
      return undefined;
    }
    if (code === option.list) {
      if (length > 0) reply(optionReply.errorInvalid);
      else if (!exports.list) reply(optionReply.errorPolicy);
      else {
        for (const name of (await exports.list()).slice(0, maxListed))
          reply(optionReply.server, encodeListedExport(name));
        reply(optionReply.ack);
      }
    } else if (code === option.structuredReply) {
      structured = structured || length === 0;
      reply(length === 0 ? optionReply.ack : optionReply.errorInvalid);
    } else if (code === option.info || code === option.go) {
      const { name } = decodeInfoRequest(data);
      const disk = await exports.lookup(name);
      if (!disk) {
        reply(optionReply.errorUnknown, Buffer.from('There is no such export'));
        continue;
      }
      reply(optionReply.info, encodeExportInfo(disk.size, exportFlags));
      reply(optionReply.info, encodeBlockSizeInfo(1, preferredRead));
      reply(optionReply.ack);
      if (code === option.go) return agreement(disk, name);
    } else if (code === option.listMetaContext || code === option.setMetaContext) {
      const { name, queries } = decodeMetaQuery(data);
      const disk = structured ? await exports.lookup(name) : undefined;
      if (!disk) {
        reply(structured ? optionReply.errorUnknown : optionReply.errorInvalid);
        continue;
      }
      const listing = code === option.listMetaContext;
      const wanted =
        disk.blockStatus !== undefined &&
        (queries.includes(baseAllocation.name) ||
          (listing && (queries.length === 0 || queries.includes('base:'))));
      if (!listing) context = wanted ? { exportName: name, id: baseAllocation.id } : undefined;
      if (wanted)
        reply(
          optionReply.metaContext,
          encodeMetaContext(listing ? 0 : baseAllocation.id, baseAllocation.name),
        );
      reply(optionReply.ack);
    } else reply(optionReply.errorUnsupported);
  }
  throw new NbdProtocolError('A client sent too many options');
}
