/** Typed output as XML, in the member order of the model. */
import { withoutIllegalCharacters } from './characters.ts';
import type { Shape, Structure } from './model.ts';
import { formatScalar } from './scalars.ts';

export const xmlHeaders = { 'content-type': 'text/xml;charset=UTF-8' };
export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** The elements of a structure's members, without one around them. Absent members have no element, empty lists an empty one. */
export function writeMembers(shape: Structure, value: unknown): string {
  const members = value as Record<string, unknown>;
  return shape.members.map(member => element(member.out, member.shape, members[member.name])).join('');
}

function element(name: string, shape: Shape, value: unknown): string {
  if (value === undefined || value === null) return '';
  const content = contentOf(shape, value);
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`;
}

function contentOf(shape: Shape, value: unknown): string {
  if (shape.kind === 'structure') return writeMembers(shape, value);
  if (shape.kind === 'list') {
    return (value as unknown[]).map(item => element(shape.itemName, shape.item, item)).join('');
  }
  return escapeText(formatScalar(value as string));
}

const replacements: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
};

/** Text of an element. What no XML 1.0 document may hold is dropped: a bad byte in a name must not hide a whole list. */
export function escapeText(text: string): string {
  return withoutIllegalCharacters(text).replace(/[&<>"\r]/g, character => replacements[character]!);
}
