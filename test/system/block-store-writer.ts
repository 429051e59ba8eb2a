/** Puts and commits without end, printing each manifest once it is acknowledged; the crash test kills it. */

import { blockSize } from '../../src/domain/manifest.ts';
import {
  type LocalBlockStore,
  openLocalBlockStore,
} from '../../src/stores/blocks/local/local-block-store.ts';
import { crashBlock } from './crash-blocks.ts';

const [folder, key, first] = process.argv.slice(2);
const store: LocalBlockStore = await openLocalBlockStore({
  folder: folder!,
  masterKey: Buffer.from(key!, 'hex'),
  packTarget: 3 * blockSize,
});
const say = (line: string) => process.stdout.write(`${line}\n`);
for (const sessionId of await store.openSessions()) {
  const session = await store.openSession(sessionId, 'domain');
  // What was acknowledged by a flush must be there; the test sees a wrong answer as a process that failed.
  await session.staged();
  await session.abort();
}
say('ready');
let previous: string | undefined;
for (let number = Number(first); ; number++) {
  const snapshotId = `snap-${number}`;
  const session = await store.openSession(`session-${number}`, 'domain');
  await Promise.all([0, 1, 2].map(index => session.put(index, crashBlock(number, index))));
  if (number % 3 === 0) {
    await session.flush();
    say(`flushed ${number}`);
  }
  await session.put(3, crashBlock(number, 3));
  await session.commit({ snapshotId, volumeSize: 16 * blockSize, base: number % 2 ? previous : undefined });
  say(`committed ${number}`);
  if (number % 4 === 1) {
    say(`deleting ${number - 1}`);
    await store.deleteManifest(`snap-${number - 1}`);
    store.collectGarbage().catch(error => {
      process.stderr.write(`${error}\n`);
      process.exit(3);
    });
  }
  previous = snapshotId;
}
