import { stat, truncate, writeFile } from 'node:fs/promises';
import { tailOf } from '../../processes/log-tail.ts';

/** As much of a console as EC2 answers. */
export const consoleTail = 64 * 1024;

/** A guest decides how much it writes; its log is cut down when it passes this. */
const logLimit = 1024 * 1024;

const older = (log: string) => `${log}.1`;

/** The last 64 KiB of a console log, what was set aside included. */
export async function readConsole(log: string): Promise<Buffer> {
  const recent = await tailOf(log, consoleTail);
  if (recent.length === consoleTail) return recent;
  const before = await tailOf(older(log), consoleTail - recent.length);
  return Buffer.concat([before, recent]);
}

/**
 * Keeps the end of a log that has grown too long, and empties it. QEMU appends to it (O_APPEND), so it goes on at the
 * new end; what it writes between the two steps is lost, which is the price of not restarting it.
 */
export async function boundConsole(log: string, limit = logLimit): Promise<void> {
  const size = await stat(log).then(
    found => found.size,
    () => 0,
  );
  if (size <= limit) return;
  await writeFile(older(log), await tailOf(log, consoleTail), { mode: 0o600 });
  await truncate(log, 0);
}
