/** Typed output as XML, in the member order of the model. */
import { withoutIllegalCharacters } from './characters.ts';
import type { Member, Scalar, Shape, Structure } from './model.ts';
import { formatScalar } from './scalars.ts';

export const xmlHeaders = { 'content-type': 'text/xml;charset=UTF-8' };
export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Writes the content of an element. */
type Write = (value: unknown) => string;

/** Made at a shape's first use and kept: a list of a thousand images has a hundred thousand elements. */
const writers = new WeakMap<Shape, Write>();

/** The elements of a structure's members, without one around them. Absent members have no element, empty lists an empty one. */
export function writeMembers(shape: Structure, value: unknown): string {
  return writerOf(shape)(value);
}

function writerOf(shape: Shape): Write {
  let write = writers.get(shape);
  if (!write) {
    write = makeWriter(shape);
    writers.set(shape, write);
  }
  return write;
}

function makeWriter(shape: Shape): Write {
  if (shape.kind === 'structure') return structureWriter(shape);
  if (shape.kind !== 'list') return scalarWriter(shape);
  const write = elementWriter(shape.itemName, () => writerOf(shape.item));
  return value => {
    let text = '';
    for (const item of value as unknown[]) text += write(item);
    return text;
  };
}

function structureWriter(shape: Structure): Write {
  const members = shape.members.map((member: Member) => ({
    name: member.name,
    write: elementWriter(member.out, () => writerOf(member.shape)),
  }));
  return value => {
    const given = value as Record<string, unknown>;
    let text = '';
    for (const { name, write } of members) {
      const member = given[name];
      if (member !== undefined) text += write(member);
    }
    return text;
  };
}

function scalarWriter({ kind }: Scalar): Write {
  if (kind === 'boolean' || kind === 'integer') return String;
  return value => escapeText(formatScalar(value as string));
}

/** The shape is asked for late, since shapes may hold themselves. */
function elementWriter(name: string, contentWriter: () => Write): Write {
  const [open, close, empty] = [`<${name}>`, `</${name}>`, `<${name}/>`];
  let write: Write | undefined;
  return value => {
    if (value === undefined || value === null) return '';
    write ??= contentWriter();
    const content = write(value);
    return content === '' ? empty : open + content + close;
  };
}

const replacements: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
};

/** Whatever may have to be replaced or dropped; most texts have nothing of it. */
const suspect = /[^\t\n !#-%'-;=?-\ud7ff\ue000-\ufffd]/;

/** Text of an element. What no XML 1.0 document may hold is dropped: a bad byte in a name must not hide a whole list. */
export function escapeText(text: string): string {
  if (!suspect.test(text)) return text;
  return withoutIllegalCharacters(text).replace(/[&<>"\r]/g, character => replacements[character]!);
}
