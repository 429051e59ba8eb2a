import type { Socket } from 'node:net';
import {
  decodeGreeting,
  decodeInfo,
  decodeMetaContext,
  decodeOptionReplyHeader,
  encodeClientFlags,
  encodeInfoRequest,
  encodeMetaQuery,
  encodeOption,
  greetingLength,
  optionReplyHeaderLength,
} from './negotiation.ts';
import { handshakeFlag, info, maxRequestLength, NbdProtocolError, option, optionReply } from './protocol.ts';

export interface ClientAgreement {
  size: number;
  structured: boolean;
  /** Context name → id. */
  contexts: Map<string, number>;
  /** The longest read the server takes. */
  maximum: number;
}

/** Replies to one option before its last one; a server sends one per context or info. */
const maxReplies = 1_000;

/** The client's side of the handshake. @throws when the export or a context cannot be had */
export async function negotiateAsClient(
  socket: Socket,
  read: (length: number) => Promise<Buffer>,
  exportName: string,
  wanted: readonly string[],
): Promise<ClientAgreement> {
  const { flags } = decodeGreeting(await read(greetingLength));
  socket.write(encodeClientFlags(flags & (handshakeFlag.fixedNewstyle | handshakeFlag.noZeroes)));

  /** Sends an option and gathers its replies; the last one is an acknowledgement or an error. */
  const ask = async (code: number, data?: Buffer) => {
    socket.write(encodeOption(code, data));
    const replies: { type: number; data: Buffer }[] = [];
    while (replies.length < maxReplies) {
      const header = decodeOptionReplyHeader(await read(optionReplyHeaderLength));
      if (header.code !== code)
        throw new NbdProtocolError(`The server answered option ${header.code}, not ${code}`);
      const content = await read(header.length);
      if (header.type === optionReply.ack) return { replies };
      if (header.type & 0x80000000) return { replies, refused: describe(header.type, content) };
      replies.push({ type: header.type, data: content });
    }
    throw new NbdProtocolError('The server sent too many replies to one option');
  };

  const structured = !(await ask(option.structuredReply)).refused;
  const contexts = new Map<string, number>();
  if (wanted.length > 0) {
    if (!structured) throw new Error('the server has no structured replies, and so no metadata contexts');
    const { replies, refused } = await ask(option.setMetaContext, encodeMetaQuery(exportName, wanted));
    if (refused) throw new Error(`metadata contexts: ${refused}`);
    for (const reply of replies) {
      if (reply.type !== optionReply.metaContext) continue;
      const { id, name } = decodeMetaContext(reply.data);
      contexts.set(name, id);
    }
    for (const name of wanted)
      if (!contexts.has(name)) throw new Error(`there is no metadata context ${name}`);
  }

  const { replies, refused } = await ask(option.go, encodeInfoRequest(exportName, [info.blockSize]));
  if (refused) throw new Error(refused);
  const infos = replies.filter(reply => reply.type === optionReply.info).map(reply => decodeInfo(reply.data));
  const exported = infos.find(found => found.kind === 'export');
  if (!exported) throw new NbdProtocolError('The server did not say how large the export is');
  const sizes = infos.find(found => found.kind === 'blockSize');
  return { size: exported.size, structured, contexts, maximum: sizes?.maximum ?? maxRequestLength };
}

function describe(type: number, content: Buffer): string {
  const name = Object.entries(optionReply).find(([, value]) => value === type)?.[0] ?? `error ${type}`;
  const words = name === 'errorUnknown' ? 'there is no such export' : `the server refused (${name})`;
  return content.length > 0 ? `${words}: ${content.toString('utf8', 0, 1_000)}` : words;
}
