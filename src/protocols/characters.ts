/** Characters that no XML 1.0 document may hold: control characters, lone surrogates. No answer could carry them. */
const illegal = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

export function hasIllegalCharacter(text: string): boolean {
  return text.search(illegal) >= 0;
}

export function withoutIllegalCharacters(text: string): string {
  return text.replace(illegal, '');
}

/** A client's own text, cut so that it cannot fill an error message or a log. */
export function shown(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
