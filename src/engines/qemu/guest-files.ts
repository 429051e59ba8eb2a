import { join } from 'node:path';
import { socketPath } from '../../processes/unix-socket.ts';

/** Where a guest's files and sockets are. */
export interface GuestFiles {
  /** All of its files but sockets. */
  folder: string;
  qmpSocket: string;
  consoleSocket: string;
  consoleLog: string;
  qemuLog: string;
  firmwareVariables: string;
  screen: string;
  /** Of a hibernated guest, and the socket through which it comes and goes. */
  memory: string;
  memorySocket: string;
}

/**
 * @param folder of all guests
 * @param runtimeFolder of their sockets: short
 * @throws for what is no instance id, since it becomes a file name
 */
export function guestFiles(folder: string, runtimeFolder: string, instanceId: string): GuestFiles {
  if (!/^i-[0-9a-f]{1,32}$/.test(instanceId)) throw new Error(`'${instanceId}' is not an instance id`);
  const own = (name: string) => join(folder, instanceId, name);
  const socket = (kind: string) => socketPath(join(runtimeFolder, `${instanceId}.${kind}`));
  return {
    folder: join(folder, instanceId),
    qmpSocket: socket('qemu'),
    consoleSocket: socket('tty'),
    consoleLog: own('console.log'),
    qemuLog: own('qemu.log'),
    firmwareVariables: own('firmware-variables'),
    screen: own('screen'),
    memory: own('memory'),
    memorySocket: socket('mem'),
  };
}
