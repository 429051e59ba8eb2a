import { runUntilInterrupted, startHere, untilInterrupted } from '../foreground.ts';
import { print } from '../output.ts';
import type { ListenOptions } from '../server.ts';

export async function serve(options: ListenOptions): Promise<void> {
  const interrupted = untilInterrupted();
  const server = await startHere(options);
  print(options.json, server.ready, [
    `Ready at ${server.ready.endpoint} (regions ${server.ready.regions.join(', ')}).`,
    `Access keys are in ${options.data}/ready.json. Ctrl-C stops the server.`,
  ]);
  await runUntilInterrupted(server, interrupted);
}
