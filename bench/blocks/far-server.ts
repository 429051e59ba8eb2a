/** `far-server.ts STORE SOCKET LATENCY`: snapshots of a store as if it were LATENCY milliseconds away. */
import { setTimeout as delay } from 'node:timers/promises';
import { snapshotExports } from '../../src/disks/block-server/exports.ts';
import { openLocalSnapshots } from '../../src/disks/block-server/local-snapshots.ts';
import { serveNbd } from '../../src/disks/nbd/server.ts';
import { masterKey } from './served.ts';

const [folder, socketPath, latency] = process.argv.slice(2) as [string, string, string];
const { segments, ...near } = openLocalSnapshots(folder, masterKey);
const exports = snapshotExports({
  ...near,
  segments: {
    recipe: segments.recipe,
    async segment(domain, number) {
      await delay(Number(latency));
      return segments.segment(domain, number);
    },
  },
  parallel: 32,
});
const server = await serveNbd({ socketPath, lookup: exports.lookup, onError: console.error });
process.on('SIGTERM', async () => {
  await server.close();
  await exports.settled();
  process.stderr.write(`ends after ${JSON.stringify(exports.counters)}\n`, () => process.exit(0));
});
