/** `npm run bench -- NAME [--json FILE]`: runs bench/NAME.ts, shows its rows, and fails where a promise is not kept. */
import { readdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Row } from './row.ts';

const folder = new URL('./', import.meta.url);
const names = readdirSync(folder)
  .filter(file => file.endsWith('.ts') && !['main.ts', 'row.ts'].includes(file))
  .map(file => file.slice(0, -'.ts'.length));

const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } });
const [name] = positionals;
if (!name || positionals.length > 1 || !names.includes(name)) {
  console.error(
    `Usage: npm run bench -- NAME [--json FILE]; NAME is one of: ${names.join(', ') || '(none yet)'}`,
  );
  process.exit(2);
}

const { run } = (await import(new URL(`${name}.ts`, folder).href)) as { run(): Promise<Row[]> };
const rows = await run();
if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
console.table(
  rows.map(({ goal, what, ours, peer, ratio, target, ok }) => ({
    goal,
    what,
    ours: shown(ours),
    peer: shown(peer),
    ratio: shown(ratio),
    target,
    kept: ok ? 'yes' : 'NO',
  })),
);
process.exitCode = rows.every(row => row.ok) ? 0 : 1;

function shown(value: number | null): string {
  return value === null ? '–' : String(Number(value.toPrecision(4)));
}
