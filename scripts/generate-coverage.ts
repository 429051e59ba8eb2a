/** Writes `docs/api-coverage.md`. */
import { writeFileSync } from 'node:fs';
import { coverage } from './coverage.ts';

writeFileSync(new URL('../docs/api-coverage.md', import.meta.url), coverage());
