/** The QEMU Machine Protocol as bytes: JSON objects, one a line. https://www.qemu.org/docs/master/interop/qmp-spec.html */

/** What a server sends. */
export type QmpMessage =
  | { kind: 'greeting' }
  | { kind: 'return'; id: number | undefined; value: unknown }
  | { kind: 'error'; id: number | undefined; class: string; description: string }
  | { kind: 'event'; event: QmpEvent };

export interface QmpEvent {
  name: string;
  data: Readonly<Record<string, unknown>>;
}

/** The longest line believed: an answer that lists hundreds of block nodes stays well below. */
const maximumLine = 4 * 1024 * 1024;

export function encodeCommand(id: number, command: string, args?: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ execute: command, arguments: args, id })}\r\n`;
}

/**
 * Cuts a byte stream into lines.
 * @throws when a line passes `limit` bytes.
 */
export function lineSplitter(limit = maximumLine): (chunk: Buffer) => string[] {
  let pieces: Buffer[] = [];
  let held = 0;
  return chunk => {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      pieces.push(chunk.subarray(start, end));
      held += end - start;
      if (held > limit) throw new Error(`QMP line is longer than ${limit} bytes`);
      lines.push(Buffer.concat(pieces).toString('utf8').trimEnd());
      pieces = [];
      held = 0;
      start = end + 1;
    }
    if (start < chunk.length) {
      pieces.push(chunk.subarray(start));
      held += chunk.length - start;
      if (held > limit) throw new Error(`QMP line is longer than ${limit} bytes`);
    }
    return lines;
  };
}

/** @throws when the line is not a message a QMP server may send. */
export function parseMessage(line: string): QmpMessage {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new Error(`QMP line is not JSON: ${line.slice(0, 100)}`, { cause });
  }
  if (!isRecord(value)) throw new Error(`QMP line is not an object: ${line.slice(0, 100)}`);
  const id = typeof value.id === 'number' ? value.id : undefined;
  if ('QMP' in value) return { kind: 'greeting' };
  if ('return' in value) return { kind: 'return', id, value: value.return };
  if (isRecord(value.error) && typeof value.error.desc === 'string')
    return { kind: 'error', id, class: String(value.error.class), description: value.error.desc };
  if (typeof value.event === 'string')
    return { kind: 'event', event: { name: value.event, data: isRecord(value.data) ? value.data : {} } };
  throw new Error(`QMP line is no known message: ${line.slice(0, 100)}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
