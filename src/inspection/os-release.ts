import type { OperatingSystem } from '../domain/disk-facts.ts';

const longest = 100;

/** https://www.freedesktop.org/software/systemd/man/latest/os-release.html. Undefined where it names nothing. */
export function parseOsRelease(text: string): OperatingSystem | undefined {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key, value] = /^([A-Z0-9_]{1,64})=(.*)$/.exec(line.trim()) ?? [];
    if (key !== undefined && value !== undefined) values.set(key, printable(unquoted(value)));
  }
  const id = values.get('ID')?.toLowerCase();
  const version = values.get('VERSION_ID');
  const name = values.get('PRETTY_NAME') || [values.get('NAME') || id, version].filter(Boolean).join(' ');
  if (!name) return undefined;
  return { family: 'linux', name, ...(id && { id }), ...(version && { version }) };
}

/** The one line of `/etc/redhat-release` and its like, where there is no os-release. */
export function parseReleaseLine(text: string): OperatingSystem | undefined {
  const name = printable(text.split('\n')[0] ?? '');
  if (!name) return undefined;
  return { family: 'linux', name, ...(name.startsWith('Red Hat Enterprise Linux') && { id: 'rhel' }) };
}

/** Shell quoting, as far as the page allows it. */
function unquoted(value: string): string {
  const quote = value[0];
  if (quote !== '"' && quote !== "'") return value;
  const end = value.lastIndexOf(quote);
  const inner = value.slice(1, end > 0 ? end : undefined);
  return quote === '"' ? inner.replace(/\\(["$`\\])/g, '$1') : inner;
}

/** What is shown to people comes from a stranger's disk: characters that print, and not many. */
export function printable(text: string): string {
  return text
    .slice(0, longest)
    .replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '')
    .trim();
}
