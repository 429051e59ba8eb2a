import { type QmpClient, QmpError } from '../../qmp/client.ts';
import type { QmpEvent } from '../../qmp/codec.ts';

/** How long a guest that stopped for want of space on the host waits before it tries again, in milliseconds. */
const spaceRetry = 10_000;
const commandDeadline = 5_000;
/** What it has written is flushed meanwhile. */
const stopDeadline = 120_000;

/** What QEMU tells about one guest while it runs. */
export interface GuestMonitor {
  readonly qmp: QmpClient;
  /** Its CPU must not run, also where it waits for space: its memory is being put away. */
  held: boolean;
  /** Whether the guest has shut itself down. */
  readonly hasShutDown: boolean;
  /** Notes that it has, and ends its process, which waits to be noticed (`-no-shutdown`). */
  shutDown(): void;
}

/**
 * Follows a guest. Where its storage daemon is gone the guest must not go on: writes it believes in are lost
 * (`onPowerFailure`). Where the host's disk is full it waits, stopped, until there is space.
 */
export function monitorGuest(
  qmp: QmpClient,
  log: (message: string) => void,
  onPowerFailure: () => void,
): GuestMonitor {
  let hasShutDown = false;
  let failed = false;

  const goOnLater = () => {
    setTimeout(() => {
      if (!monitor.held) qmp.execute('cont').catch(error => log(`cannot go on: ${error}`));
    }, spaceRetry).unref();
  };

  const shutDown = () => {
    hasShutDown = true;
    qmp.execute('quit').catch(error => log(`does not quit: ${error}`));
  };

  const onEvent = ({ name, data }: QmpEvent) => {
    if (name === 'SHUTDOWN' && data.reason === 'guest-shutdown') shutDown();
    if (name !== 'BLOCK_IO_ERROR' || data.action !== 'stop' || failed) return;
    log(`stopped at a ${data.operation} error of ${data['node-name']}: ${data.reason}`);
    if (data.nospace === true) return goOnLater();
    failed = true;
    onPowerFailure();
  };
  qmp.onEvent(onEvent);

  const monitor: GuestMonitor = {
    qmp,
    held: false,
    shutDown,
    get hasShutDown() {
      return hasShutDown;
    },
  };
  return monitor;
}

/**
 * Lets the guest's CPU run. It does not when it has just been started, or had stopped at an I/O error while nobody
 * looked; if that error is still there, it is reported again. A guest that shut itself down meanwhile is done.
 */
export async function letRun(monitor: GuestMonitor): Promise<void> {
  const status = await statusOf(monitor);
  if (status === 'shutdown') monitor.shutDown();
  else if (status !== 'running') await monitor.qmp.execute('cont', undefined, commandDeadline);
}

/** Of a guest that waits for a disk to be exchanged, and of one whose memory is being put away or brought back. */
const waiting = new Set(['paused', 'finish-migrate', 'postmigrate', 'inmigrate']);

/** The same for a guest of a former server, but one that waits for a job of ours goes on waiting. */
export async function takeOver(monitor: GuestMonitor): Promise<void> {
  if (!waiting.has(await statusOf(monitor))) await letRun(monitor);
}

/**
 * Stops the guest's CPU for its memory to be put away. @throws when it has shut itself down, or waits for its disk: what it
 * has written is not on disk then
 */
export async function holdStill(monitor: GuestMonitor): Promise<void> {
  monitor.held = true;
  // QEMU gives its memory once only; the CPU then runs for a moment, which nobody minds: nothing was put away.
  if ((await statusOf(monitor)) === 'postmigrate')
    await monitor.qmp.execute('cont', undefined, commandDeadline);
  const status = await statusOf(monitor);
  if (status === 'running') await monitor.qmp.execute('stop', undefined, stopDeadline);
  else if (status !== 'paused') throw new Error(`it cannot be hibernated while it is '${status}'`);
}

/** https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html (RunState) */
async function statusOf({ qmp }: GuestMonitor): Promise<string> {
  return (await qmp.execute<{ status: string }>('query-status', undefined, commandDeadline)).status;
}

/** @throws when another guest answers. */
export async function checkUuid(qmp: QmpClient, expected: string): Promise<void> {
  const { UUID } = await qmp.execute<{ UUID: string }>('query-uuid', undefined, commandDeadline);
  if (UUID !== expected) throw new QmpError('query-uuid', 'WrongGuest', `${UUID} is not ${expected}`);
}
