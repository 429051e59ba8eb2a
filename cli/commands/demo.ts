import { type ClientOptions, connect } from '../client.ts';
import { cleanUp } from '../demo/clean-up.ts';
import { newStage, tinyImage } from '../demo/cloud.ts';
import { tell } from '../demo/story.ts';
import { Refusal } from '../errors.ts';
import { print, table } from '../output.ts';
import { progressOn } from '../progress.ts';

export interface DemoOptions extends ClientOptions {
  image?: string;
  type: string;
  keep?: boolean;
  json?: boolean;
}

export async function demo(options: DemoOptions): Promise<void> {
  const clients = await connect(options);
  const progress = progressOn(process.stderr);
  const imageId = options.image ?? (await tinyImage(clients.ec2));
  // Ctrl-C ends the story, not the cleaning up.
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => interruption.abort(new Refusal('Interrupted.')));

  const stage = newStage(clients, options.type, interruption.signal);
  try {
    const chapters = await tell(stage, imageId, progress);
    progress.end();
    print(
      options.json,
      {
        sourceImageId: imageId,
        imageId: stage.imageId,
        instanceIds: stage.instanceIds,
        kept: !!options.keep,
        chapters,
      },
      [
        '',
        ...table(
          ['what was done', 'seconds'],
          chapters.map(({ what, seconds }) => [what, seconds.toFixed(1)]),
        ),
        '',
        'Five machines ran from one image: each answered SSH, carried the change and kept a disk of its own.',
      ],
    );
  } finally {
    if (options.keep) {
      progress.end(`Kept: ${stage.instanceIds.join(', ')}; log in with \`bin/amity ssh INSTANCE\`.`);
    } else {
      progress.step('Removing everything again');
      const failures = await cleanUp(stage);
      progress.end(failures.join('\n'));
      if (failures.length > 0) process.exitCode = 1;
    }
  }
}
