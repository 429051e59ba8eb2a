import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { type QmpClient, QmpError } from '../../qmp/client.ts';

const deadline = 5_000;

/**
 * What a guest's screen shows, as PNG; undefined for a guest that was started without one. QEMU writes a file.
 * https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html#qapidoc-screendump
 */
export async function takeScreenshot(
  qmp: QmpClient,
  path: string,
  wake: boolean,
): Promise<Buffer | undefined> {
  const filename = `${path}.${randomBytes(4).toString('hex')}.png`;
  try {
    if (wake) await qmp.execute('send-key', { keys: [{ type: 'qcode', data: 'shift' }] }, deadline);
    await qmp.execute('screendump', { filename, format: 'png', device: 'video0' }, deadline);
    return await readFile(filename);
  } catch (error) {
    if (error instanceof QmpError && error.errorClass === 'DeviceNotFound') return undefined;
    throw error;
  } finally {
    await rm(filename, { force: true });
  }
}
