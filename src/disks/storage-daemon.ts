import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lastWords } from '../processes/log-tail.ts';
import type { OwnedProcesses } from '../processes/owned-processes.ts';
import { socketPath } from '../processes/unix-socket.ts';
import { connectWhenReady, QmpClient, QmpClosed, QmpTimeout } from '../qmp/client.ts';

export interface StorageDaemonSettings {
  processes: OwnedProcesses;
  /** Where the sockets are; short, as a socket's path may have 107 bytes. */
  runtimeFolder: string;
  /** Where the daemons' own messages go. */
  logFolder: string;
  /** Full path of qemu-storage-daemon. */
  program: string;
}

/** The qemu-storage-daemon processes, one per holder, and a QMP connection to each that is in use. */
export interface StorageDaemons {
  /** Starts the holder's daemon, empty, unless it runs. */
  start(holderId: string): Promise<void>;
  /** Asks it to flush and end, and makes it end if it does not. */
  stop(holderId: string): Promise<void>;
  /** The connection to a running daemon. */
  qmp(holderId: string): Promise<QmpClient>;
  isAlive(holderId: string): boolean;
  list(): string[];
  /** The socket of its NBD server. */
  nbdSocket(holderId: string): string;
  /** Called when a daemon ends that was not stopped. */
  onLost(listener: (holderId: string) => void): void;
  /** Lets go of the daemons, which go on; another server may take them. */
  disconnect(): void;
}

const prefix = 'qsd-';
/** A daemon that waits for its base answers late; one that is well answers in milliseconds. */
const quitDeadline = 5_000;
const exitDeadline = 10_000;

export function storageDaemons(settings: StorageDaemonSettings): StorageDaemons {
  const { processes, runtimeFolder, logFolder, program } = settings;
  const clients = new Map<string, QmpClient>();
  const stopping = new Set<string>();
  const watched = new Map<string, Promise<void>>();
  let listeners: Array<(holderId: string) => void> = [];

  const socket = (holderId: string, kind: string) => join(runtimeFolder, `${holderId}.${kind}`);
  const logFile = (holderId: string) => join(logFolder, `${holderId}.log`);
  const isAlive = (holderId: string) => processes.find(prefix + holderId) !== undefined;

  const watch = (holderId: string) => {
    if (watched.has(holderId)) return;
    const gone = processes.exited(prefix + holderId).then(() => {
      watched.delete(holderId);
      clients.get(holderId)?.close();
      clients.delete(holderId);
      if (!stopping.has(holderId)) for (const listener of listeners) listener(holderId);
    });
    watched.set(holderId, gone);
  };

  const keep = (holderId: string, client: QmpClient) => {
    clients.set(holderId, client);
    client.closed.then(() => {
      if (clients.get(holderId) === client) clients.delete(holderId);
    });
    return client;
  };

  const daemons: StorageDaemons = {
    isAlive,
    nbdSocket: holderId => socket(holderId, 'nbd'),
    list: () => processes.list().flatMap(name => (name.startsWith(prefix) ? name.slice(prefix.length) : [])),
    onLost: listener => void listeners.push(listener),
    disconnect() {
      listeners = [];
      for (const client of clients.values()) client.close();
    },
    async start(holderId) {
      if (isAlive(holderId)) return;
      // One that has just died is reported before its successor hides it.
      await watched.get(holderId);
      const qmp = socketPath(socket(holderId, 'qsd'));
      const nbd = socketPath(socket(holderId, 'nbd'));
      await processes.start({
        name: prefix + holderId,
        argv: [
          program,
          ...[
            '--chardev',
            `socket,id=qmp,path=${escaped(qmp)},server=on,wait=off`,
            '--monitor',
            'chardev=qmp',
          ],
          ...['--nbd-server', `addr.type=unix,addr.path=${escaped(nbd)}`],
        ],
        logFile: logFile(holderId),
      });
      watch(holderId);
      try {
        keep(holderId, await connectWhenReady(qmp, processes.exited(prefix + holderId)));
      } catch (cause) {
        const said = await lastWords(logFile(holderId));
        throw new Error(`qemu-storage-daemon of ${holderId} did not come up: ${said}`, { cause });
      }
    },
    async qmp(holderId) {
      const client = clients.get(holderId);
      if (client && !client.isClosed) return client;
      if (!isAlive(holderId)) throw new Error(`no volumes are open for ${holderId}`);
      return keep(holderId, await QmpClient.connect(socket(holderId, 'qsd')));
    },
    async stop(holderId) {
      if (!isAlive(holderId)) return;
      stopping.add(holderId);
      try {
        try {
          await (await daemons.qmp(holderId)).execute('quit', undefined, quitDeadline);
        } catch (error) {
          // It may end before it has answered; if it hangs, the signal below is next.
          if (!(error instanceof QmpClosed || error instanceof QmpTimeout)) throw error;
        }
        // SIGTERM also flushes and keeps the dirty bitmaps; only SIGKILL, the last resort, loses them.
        await processes.stop(prefix + holderId, { signal: 'SIGTERM', timeoutMs: exitDeadline });
        await watched.get(holderId);
        await rm(logFile(holderId), { force: true });
      } finally {
        stopping.delete(holderId);
      }
    },
  };
  for (const holderId of daemons.list()) watch(holderId);
  return daemons;
}

/** Doubles commas, which separate options on QEMU's command lines. */
function escaped(value: string): string {
  return value.replaceAll(',', ',,');
}
