import { join } from 'node:path';
import { runUntilInterrupted, startHere, untilInterrupted } from '../foreground.ts';
import { buildImageApart } from '../image/build-apart.ts';
import { offerAwsCli } from '../offer-aws-cli.ts';
import { print } from '../output.ts';
import { progressOn } from '../progress.ts';
import { chooseAccount } from '../ready.ts';
import type { ListenOptions } from '../server.ts';
import { welcome } from '../welcome.ts';

export interface UpOptions extends ListenOptions {
  yes?: boolean;
  image: boolean;
}

export async function up(options: UpOptions): Promise<void> {
  const hasAws = await offerAwsCli(options.yes ?? false);
  const interrupted = untilInterrupted();
  const progress = progressOn(process.stderr);
  progress.step('Starting the server');
  const logFile = join(options.data, 'server.log');
  const server = await startHere(options, logFile);
  progress.end();
  try {
    const first = options.image ? firstImage(options) : Promise.resolve(undefined);
    const done = await Promise.race([first.then(imageId => ({ imageId })), interrupted]);
    if (!done) return;
    const { ready } = server;
    const { imageId } = done;
    print(
      options.json,
      { ...ready, imageId },
      welcome(ready, chooseAccount(ready), imageId, hasAws, logFile),
    );
  } finally {
    await runUntilInterrupted(server, interrupted);
  }
}

/** A first image. Why it failed was told where it was built; the server serves all the same. */
async function firstImage({ data }: UpOptions): Promise<string | undefined> {
  try {
    return await buildImageApart('tiny', data, 'amazon');
  } catch {
    process.stderr.write('The tiny image was not built: try `bin/amity image build tiny` later.\n');
    return undefined;
  }
}
