import { clientsOf } from '../client.ts';
import { sentence } from '../errors.ts';
import { runUntilInterrupted, startHere, untilInterrupted } from '../foreground.ts';
import { findRecipe } from '../image/recipe.ts';
import { buildImage } from '../image/register.ts';
import { offerAwsCli } from '../offer-aws-cli.ts';
import { print } from '../output.ts';
import { progressOn } from '../progress.ts';
import { chooseAccount } from '../ready.ts';
import type { ListenOptions, RunningServer } from '../server.ts';
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
  const server = await startHere(options);
  try {
    const first = options.image ? prepare(server, options) : Promise.resolve(undefined);
    const done = await Promise.race([first.then(imageId => ({ imageId })), interrupted]);
    if (!done) return;
    const { ready } = server;
    const { imageId } = done;
    print(options.json, { ...ready, imageId }, welcome(ready, chooseAccount(ready), imageId, hasAws));
  } finally {
    await runUntilInterrupted(server, interrupted);
  }

  /** A first image. That it failed is told, and the server serves all the same. */
  async function prepare({ ready }: RunningServer, { data }: UpOptions): Promise<string | undefined> {
    try {
      const amazon = clientsOf(ready, { data, account: 'amazon' });
      const image = await buildImage(await findRecipe('tiny'), 'tiny', true, amazon, progress);
      progress.end();
      return image.imageId;
    } catch (error) {
      progress.end(`The tiny image was not built: ${sentence(error)}`);
      return undefined;
    }
  }
}
