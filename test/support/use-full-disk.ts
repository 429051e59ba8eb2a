import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDataFolder } from '../../src/stores/data-folder.ts';
import { openRegionDatabase } from '../../src/stores/records/open.ts';

/** A program for a small disk of its own: fills it, and prints as JSON how data folder and records took it. */
const disk = process.argv[2]!;
const filler = join(disk, 'filler');
const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => 'went well',
    (error: Error) => error.message,
  );
const fill = (leave: number) => {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(filler, Buffer.alloc(bavail * bsize - leave));
};

const records = await openRegionDatabase(`sqlite:${disk}/data`, 'us-east-1');
const put = (number: number) =>
  records.transaction(async writer => {
    const id = `token-${number}`;
    const text = 'x'.repeat(20_000);
    await writer.clientTokens.put({ id, accountId: text, inputDigest: '', resourceId: id, createTime: '' });
    return id;
  });

fill(1024 * 1024);
const acknowledged: string[] = [];
let refused = '';
for (let number = 0; !refused && number < 1000; number++)
  await Promise.allSettled([put(number), put(number + 1000), put(number + 2000)]).then(outcomes => {
    for (const outcome of outcomes)
      if (outcome.status === 'fulfilled') acknowledged.push(outcome.value);
      else refused = outcome.reason.message;
  });
rmSync(filler);
fill(0);
const folder = await messageOf(openDataFolder(join(disk, 'data')));
rmSync(filler);
acknowledged.push(await put(5000));
const kept = (await records.read.clientTokens.list()).map(token => token.id);
await records.close();
process.stdout.write(JSON.stringify({ refused, folder, acknowledged: acknowledged.sort(), kept }));
