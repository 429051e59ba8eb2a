import type { Engine, GuestExit, GuestSpec } from './engine.ts';

export interface MemoryEngine extends Engine {
  /** The guests that run. */
  guests(): GuestSpec[];
  /** The instance ids of guests that are hibernated. */
  memories(): string[];
  /** The guest shuts itself down. */
  powerOff(instanceId: string): void;
  /** The guest's process dies. */
  crash(instanceId: string): void;
  /** The guest writes to its serial console. */
  print(instanceId: string, text: string): void;
  /** Whether the guest lets go of a volume or network interface it is asked for; it does, unless said otherwise. */
  hold(deviceId: string, holds: boolean): void;
  /** The volume ids a guest has, those it forcibly lost left out. */
  disks(instanceId: string): string[];
  /** The network interface ids a guest has. */
  nics(instanceId: string): string[];
  /** How many times reset was pressed since the guest was started. */
  resets(instanceId: string): number;
}

const consoleTail = 64 * 1024;

/** The PNG of one white pixel. */
const whitePixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAHLCMmQAAAABJRU5ErkJggg==',
  'base64',
);

interface Row {
  guest: GuestSpec;
  resets: number;
  disks: Set<string>;
  nics: Set<string>;
}

/** Guests that are only rows, for tests: they obey the power button and print `hello` when they boot. */
export function createMemoryEngine(): MemoryEngine {
  const running = new Map<string, Row>();
  const memories = new Map<string, { row: Row; key: string }>();
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
  const letGo = (devices: Set<string> | undefined, deviceId: string, force: boolean) => {
    if (!devices?.has(deviceId)) return true;
    if (held.has(deviceId) && !force) return false;
    devices.delete(deviceId);
    return true;
  };
  const end = (instanceId: string, exit: GuestExit) => {
    if (!running.delete(instanceId)) return;
    for (const listener of listeners) listener(instanceId, exit);
  };

  return {
    accelerator: 'memory',
    lacking: async () => undefined,
    async start(guest) {
      const { instanceId, memoryKey } = guest;
      if (running.has(instanceId)) return {};
      const disks = new Set(guest.disks.map(disk => disk.volumeId));
      const nics = new Set(guest.nics.map(nic => nic.networkInterfaceId));
      const memory = memories.get(instanceId);
      memories.delete(instanceId);
      const lost = memoryKey && whyLost(memory, memoryKey, { disks, nics });
      if (memory && memoryKey && !lost) {
        running.set(instanceId, { ...memory.row, guest });
        return {};
      }
      running.set(instanceId, { guest, resets: 0, disks, nics });
      print(instanceId, 'hello\r\n');
      return lost ? { memoryLost: lost } : {};
    },
    async hibernate(instanceId, memoryKey) {
      if (memories.has(instanceId) && !running.has(instanceId)) return;
      memories.set(instanceId, { row: guestOf(instanceId), key: hex(memoryKey) });
      end(instanceId, 'stopped');
    },
    async discardMemory(instanceId) {
      memories.delete(instanceId);
    },
    shutdown: async instanceId => end(instanceId, 'stopped'),
    kill: async instanceId => end(instanceId, 'stopped'),
    interrupt: async instanceId => void guestOf(instanceId),
    async reset(instanceId) {
      guestOf(instanceId).resets++;
      print(instanceId, 'hello\r\n');
    },
    isRunning: async instanceId => running.has(instanceId),
    async attach(instanceId, { volumeId }) {
      guestOf(instanceId).disks.add(volumeId);
    },
    detach: async (instanceId, volumeId, { force }) => letGo(running.get(instanceId)?.disks, volumeId, force),
    async attachNic(instanceId, { networkInterfaceId }) {
      guestOf(instanceId).nics.add(networkInterfaceId);
    },
    detachNic: async (instanceId, networkInterfaceId, { force }) =>
      letGo(running.get(instanceId)?.nics, networkInterfaceId, force),
    async resizeDisk(instanceId, { volumeId }, resize) {
      if (!guestOf(instanceId).disks.has(volumeId)) throw new Error(`${instanceId} has no ${volumeId}`);
      await resize();
    },
    adopt: async () => [...running.keys()],
    consoleOutput: async instanceId => consoles.get(instanceId) ?? Buffer.alloc(0),
    screenshot: async instanceId => (running.has(instanceId) ? whitePixel : undefined),
    async forget(instanceId) {
      consoles.delete(instanceId);
      memories.delete(instanceId);
    },
    onExit: listener => void listeners.push(listener),
    memories: () => [...memories.keys()],
    guests: () => [...running.values()].map(({ guest }) => guest),
    powerOff: instanceId => end(instanceId, 'guest-shutdown'),
    crash: instanceId => end(instanceId, 'crashed'),
    print,
    hold: (deviceId, holds) => void (holds ? held.add(deviceId) : held.delete(deviceId)),
    disks: instanceId => [...(running.get(instanceId)?.disks ?? [])],
    nics: instanceId => [...(running.get(instanceId)?.nics ?? [])],
    resets: instanceId => running.get(instanceId)?.resets ?? 0,
  };
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function whyLost(
  memory: { row: Row; key: string } | undefined,
  key: Uint8Array,
  now: Pick<Row, 'disks' | 'nics'>,
): string | undefined {
  if (!memory) return 'its memory is not there any more';
  if (memory.key !== hex(key)) return 'record 0 of the memory file does not open';
  const isSame = (one: ReadonlySet<string>, other: ReadonlySet<string>) =>
    [...one].sort().join() === [...other].sort().join();
  if (!isSame(memory.row.disks, now.disks)) return 'it is of a machine with other volumes';
  return isSame(memory.row.nics, now.nics) ? undefined : 'it is of a machine with other network interfaces';
}
