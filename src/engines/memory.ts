import type { Engine, GuestExit, GuestSpec } from './engine.ts';

export interface MemoryEngine extends Engine {
  /** The guests that run. */
  guests(): GuestSpec[];
  /** The guest shuts itself down. */
  powerOff(instanceId: string): void;
  /** The guest's process dies. */
  crash(instanceId: string): void;
  /** The guest writes to its serial console. */
  print(instanceId: string, text: string): void;
  /** Whether the guest lets go of a volume it is asked for; it does, unless said otherwise. */
  hold(volumeId: string, holds: boolean): void;
  /** The volume ids a guest has, those it forcibly lost left out. */
  disks(instanceId: string): string[];
  /** How many times reset was pressed since the guest was started. */
  resets(instanceId: string): number;
}

const consoleTail = 64 * 1024;

/** The PNG of one white pixel. */
const whitePixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAHLCMmQAAAABJRU5ErkJggg==',
  'base64',
);

/** Guests that are only rows, for tests: they obey the power button and print `hello` when they start. */
export function createMemoryEngine(): MemoryEngine {
  const running = new Map<string, { guest: GuestSpec; resets: number; disks: Set<string> }>();
  const held = new Set<string>();
  const consoles = new Map<string, Buffer>();
  const listeners: Array<(instanceId: string, exit: GuestExit) => void> = [];

  const print = (instanceId: string, text: string) => {
    const all = Buffer.concat([consoles.get(instanceId) ?? Buffer.alloc(0), Buffer.from(text)]);
    consoles.set(instanceId, all.subarray(-consoleTail));
  };
  const guestOf = (instanceId: string) => {
    const row = running.get(instanceId);
    if (!row) throw new Error(`${instanceId} does not run`);
    return row;
  };
  const end = (instanceId: string, exit: GuestExit) => {
    if (!running.delete(instanceId)) return;
    for (const listener of listeners) listener(instanceId, exit);
  };

  return {
    accelerator: 'memory',
    lacking: async () => undefined,
    async start(guest) {
      if (running.has(guest.instanceId)) return;
      const disks = new Set(guest.disks.map(disk => disk.volumeId));
      running.set(guest.instanceId, { guest, resets: 0, disks });
      print(guest.instanceId, 'hello\r\n');
    },
    shutdown: async instanceId => end(instanceId, 'stopped'),
    kill: async instanceId => end(instanceId, 'stopped'),
    async reset(instanceId) {
      guestOf(instanceId).resets++;
      print(instanceId, 'hello\r\n');
    },
    isRunning: async instanceId => running.has(instanceId),
    async attach(instanceId, { volumeId }) {
      guestOf(instanceId).disks.add(volumeId);
    },
    async detach(instanceId, volumeId, { force }) {
      const disks = running.get(instanceId)?.disks;
      if (!disks?.has(volumeId)) return true;
      if (held.has(volumeId) && !force) return false;
      disks.delete(volumeId);
      return true;
    },
    async resizeDisk(instanceId, { volumeId }, resize) {
      if (!guestOf(instanceId).disks.has(volumeId)) throw new Error(`${instanceId} has no ${volumeId}`);
      await resize();
    },
    adopt: async () => [...running.keys()],
    consoleOutput: async instanceId => consoles.get(instanceId) ?? Buffer.alloc(0),
    screenshot: async instanceId => (running.has(instanceId) ? whitePixel : undefined),
    async forget(instanceId) {
      consoles.delete(instanceId);
    },
    onExit: listener => void listeners.push(listener),
    guests: () => [...running.values()].map(({ guest }) => guest),
    powerOff: instanceId => end(instanceId, 'guest-shutdown'),
    crash: instanceId => end(instanceId, 'crashed'),
    print,
    hold: (volumeId, holds) => void (holds ? held.add(volumeId) : held.delete(volumeId)),
    disks: instanceId => [...(running.get(instanceId)?.disks ?? [])],
    resets: instanceId => running.get(instanceId)?.resets ?? 0,
  };
}
