/**
 * Wildcards of filter values: `*` any run of characters, `?` exactly one, `\` takes the next as it is (spec W14).
 */

export interface Token {
  readonly kind: 'char' | 'one' | 'any';
  readonly char: string;
}
export type Pattern = readonly Token[];

/** Runs of `*` count as one. */
export function parsePattern(value: string): Pattern {
  const tokens: Token[] = [];
  const characters = [...value];
  for (let i = 0; i < characters.length; i++) {
    const char = characters[i]!;
    if (char === '\\' && i + 1 < characters.length) tokens.push({ kind: 'char', char: characters[++i]! });
    else if (char === '?') tokens.push({ kind: 'one', char });
    else if (char !== '*') tokens.push({ kind: 'char', char });
    else if (tokens.at(-1)?.kind !== 'any') tokens.push({ kind: 'any', char });
  }
  return tokens;
}

/** The one text a pattern without wildcards matches. */
export function literalOf(pattern: Pattern): string | undefined {
  return pattern.every(token => token.kind === 'char') ? text(pattern) : undefined;
}

/** What every match begins with. */
export function prefixOf(pattern: Pattern): string {
  const wild = pattern.findIndex(token => token.kind !== 'char');
  return text(wild < 0 ? pattern : pattern.slice(0, wild));
}

/** The number of characters a match has at least. */
export function shortestMatch(pattern: Pattern): number {
  return pattern.filter(token => token.kind !== 'any').length;
}

/**
 * The predicate of a pattern. It is linear in text length times wildcards (greedy with one backtrack point), so a hostile
 * pattern cannot stall the server as a regular expression could.
 */
export function matchesPattern(pattern: Pattern): (text: string) => boolean {
  const literal = literalOf(pattern);
  if (literal !== undefined) return text => text === literal;
  return text => glob(pattern, [...text]);
}

const text = (tokens: Pattern) => tokens.map(token => token.char).join('');

function glob(tokens: Pattern, text: readonly string[]): boolean {
  let t = 0;
  let p = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    const token = tokens[p];
    if (token?.kind === 'any') {
      star = p++;
      resume = t;
    } else if (token && (token.kind === 'one' || token.char === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (tokens[p]?.kind === 'any') p++;
  return p === tokens.length;
}
