/**
 * Reads the small XML that S3 answers: elements and text. Attributes are passed over; document types, comments, sections
 * and processing instructions are refused.
 */
export interface Element {
  name: string;
  /** Its own text, without that of its children. */
  text: string;
  children: Element[];
}

export class MalformedXml extends Error {
  override name = 'MalformedXml';
}

const deepest = 8;
const declaration = /^\uFEFF?\s*(<\?xml\s[^<>]*\?>)?\s*/;
const tag = /<(\/?)([A-Za-z_][\w.-]*)((?:\s+[A-Za-z_][\w:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const namedEntities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The root element. @throws MalformedXml */
export function parseXml(document: string): Element {
  const top: Element = { name: '', text: '', children: [] };
  const open = [top];
  let at = declaration.exec(document)![0].length;
  while (at < document.length) {
    const current = open.at(-1)!;
    const next = document.indexOf('<', at);
    const text = document.slice(at, next < 0 ? undefined : next);
    if (current === top ? text.trim() !== '' : next < 0)
      throw new MalformedXml(`Text outside of elements at ${at}`);
    current.text += withoutEntities(text);
    if (next < 0) break;
    tag.lastIndex = next;
    const match = tag.exec(document);
    if (!match) throw new MalformedXml(`No tag at ${next}`);
    const [, closing, name, attributes, empty] = match;
    if (closing) {
      if (current === top || current.name !== name || attributes || empty)
        throw new MalformedXml(`</${name}> closes nothing at ${next}`);
      open.pop();
    } else {
      if (open.length > deepest) throw new MalformedXml(`Elements are deeper than ${deepest} at ${next}`);
      if (current === top && top.children.length > 0) throw new MalformedXml(`A second root at ${next}`);
      const element: Element = { name: name!, text: '', children: [] };
      current.children.push(element);
      if (!empty) open.push(element);
    }
    at = tag.lastIndex;
  }
  const root = top.children[0];
  if (open.length > 1 || !root) throw new MalformedXml('The document ends before its elements do');
  return root;
}

/** The text of the one child of that name; undefined where there is none. @throws MalformedXml when there are more */
export function childText(element: Element, name: string): string | undefined {
  const found = element.children.filter(child => child.name === name);
  if (found.length > 1) throw new MalformedXml(`<${element.name}> has more than one <${name}>`);
  return found[0]?.text;
}

function withoutEntities(text: string): string {
  return text.replace(/&([^;&]{0,10};?)/g, (whole, body: string) => {
    const entity = /^(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([a-z]{2,4}));$/.exec(body);
    const point = entity?.[1] ? Number(entity[1]) : Number.parseInt(entity?.[2] ?? '', 16);
    const character = entity?.[3]
      ? namedEntities[entity[3]]
      : point <= 0x10ffff
        ? String.fromCodePoint(point)
        : '';
    if (!character) throw new MalformedXml(`${whole} is no character`);
    return character;
  });
}
