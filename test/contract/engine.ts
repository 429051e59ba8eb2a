import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OpenVolume } from '../../src/disks/disk.ts';
import type { Engine, GuestExit, GuestNic, GuestSpec } from '../../src/engines/engine.ts';

/** An engine under test. Every guest it makes prints `hello` on its console when it boots. */
export interface EngineUnderTest {
  engine: Engine;
  guest(instanceId: string): Promise<GuestSpec>;
  /** Makes the guest shut itself down. */
  powerOff(instanceId: string): Promise<void>;
  /** A volume of 2 MiB that a guest may be given. */
  volume(volumeId: string): Promise<OpenVolume>;
  /** Makes that volume, whose name stays, another one of 4 MiB. */
  regrow(volumeId: string): Promise<void>;
  /** The volumes a guest has. */
  disks(instanceId: string): Promise<string[]>;
  /** A NIC that a guest may be given. */
  nic(networkInterfaceId: string): Promise<GuestNic>;
  /** The network interfaces whose taps a guest has, in order. */
  nics(instanceId: string): Promise<string[]>;
  /** Makes the guest hold on to a volume or network interface it is asked for. */
  hold(deviceId: string): Promise<void>;
  /** Makes it let go of it. */
  letGo(instanceId: string, deviceId: string): Promise<void>;
  /** Makes the guest's process die. */
  crash(instanceId: string): Promise<void>;
  /** A server that starts now and finds what the former one left. */
  restart(): Promise<Engine>;
  end(): Promise<void>;
}

const one = 'i-00000000000000001';
const two = 'i-00000000000000002';
const data = 'vol-0000000000000000d';
const more = 'vol-0000000000000000e';

/** What an implementation of Engine must do. */
export function engineContract(make: () => Promise<EngineUnderTest>): void {
  let setup: EngineUnderTest;
  let engine: Engine;
  let exits: Array<[string, GuestExit]>;
  let ended: Promise<void>;

  const listen = (to: Engine) => {
    engine = to;
    const told: typeof exits = [];
    exits = told;
    ended = new Promise(resolve => {
      engine.onExit((instanceId, exit) => {
        told.push([instanceId, exit]);
        resolve();
      });
    });
  };
  const greetings = async (instanceId: string) =>
    (await engine.consoleOutput(instanceId)).toString().split('hello').length - 1;
  const greeted = async (instanceId: string, times: number) => {
    while ((await greetings(instanceId)) < times) await new Promise(resolve => setTimeout(resolve, 20));
  };

  beforeEach(async () => {
    setup = await make();
    listen(setup.engine);
  });

  afterEach(() => setup.end());

  describe('a guest', () => {
    test('runs once it is started, once however often it is started', async () => {
      expect(await engine.isRunning(one)).toBe(false);
      const guest = await setup.guest(one);
      await Promise.all([engine.start(guest), engine.start(guest)]);
      await engine.start(guest);
      expect(await engine.isRunning(one)).toBe(true);
      await greeted(one, 1);
      expect(await greetings(one)).toBe(1);
      expect(exits).toEqual([]);
    });

    test('boots again when reset is pressed, also after an interrupt', async () => {
      await engine.start(await setup.guest(one));
      await greeted(one, 1);
      await engine.interrupt(one);
      await engine.reset(one);
      await greeted(one, 2);
      expect(await engine.isRunning(one)).toBe(true);
      expect(exits).toEqual([]);
    });

    test('is gone when its plug is pulled, and can be started again', async () => {
      const guest = await setup.guest(one);
      await engine.start(guest);
      await greeted(one, 1);
      await engine.kill(one);
      expect(await engine.isRunning(one)).toBe(false);
      expect(exits).toEqual([[one, 'stopped']]);
      await engine.start(guest);
      await greeted(one, 2);
    });

    test('is gone after its power button was pressed, whether it obeys or not', async () => {
      await engine.start(await setup.guest(one));
      await greeted(one, 1);
      await engine.shutdown(one, 100);
      expect(await engine.isRunning(one)).toBe(false);
      expect(exits).toEqual([[one, 'stopped']]);
    });

    test('that shuts itself down is told from one whose process dies', async () => {
      await engine.start(await setup.guest(one));
      await setup.powerOff(one);
      await ended;
      expect(exits).toEqual([[one, 'guest-shutdown']]);
      listen(engine);
      await engine.start(await setup.guest(two));
      await setup.crash(two);
      await ended;
      expect(exits).toEqual([[two, 'crashed']]);
      expect(await engine.isRunning(two)).toBe(false);
    });

    test('outlives the server and is taken over by the next', async () => {
      await engine.start(await setup.guest(one));
      await greeted(one, 1);
      listen(await setup.restart());
      expect(await engine.adopt()).toEqual([one]);
      expect(await engine.isRunning(one)).toBe(true);
      expect(await greetings(one)).toBe(1);
      await setup.powerOff(one);
      await ended;
      expect(exits).toEqual([[one, 'guest-shutdown']]);
      expect(await engine.adopt()).toEqual([]);
    });

    test('that is not there can be stopped and forgotten, but not reset', async () => {
      await engine.kill(one);
      await engine.shutdown(one, 100);
      await engine.forget(one);
      await expect(engine.reset(one)).rejects.toThrow('does not run');
      await expect(engine.interrupt(one)).rejects.toThrow('does not run');
      expect(await engine.consoleOutput(one)).toEqual(Buffer.alloc(0));
      expect(exits).toEqual([]);
    });

    test('shows its screen while it runs, as PNG', async () => {
      await engine.start(await setup.guest(one));
      await greeted(one, 1);
      for (const wake of [false, true]) {
        const screen = await engine.screenshot(one, wake);
        expect(screen?.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
      }
      await engine.kill(one);
      expect(await engine.screenshot(one, false)).toBeUndefined();
    });

    test('that is forgotten leaves no console output', async () => {
      await engine.start(await setup.guest(one));
      await greeted(one, 1);
      await engine.kill(one);
      expect(await greetings(one)).toBe(1);
      await engine.forget(one);
      expect(await engine.consoleOutput(one)).toEqual(Buffer.alloc(0));
    });
  });
  describe('a hibernated guest', () => {
    const key = Buffer.alloc(32, 7);

    test('is gone, and goes on where it was, once', async () => {
      const guest = await setup.guest(one);
      await engine.start(guest);
      await greeted(one, 1);
      await engine.hibernate(one, key);
      await engine.hibernate(one, key);
      expect(await engine.isRunning(one)).toBe(false);
      expect(exits).toEqual([[one, 'stopped']]);
      listen(engine);
      expect(await engine.start({ ...guest, memoryKey: key })).toEqual({});
      expect(await engine.start({ ...guest, memoryKey: key })).toEqual({});
      await setup.powerOff(one);
      await ended;
      expect(exits).toEqual([[one, 'guest-shutdown']]);
      expect(await greetings(one)).toBe(1);
      const again = await engine.start({ ...guest, memoryKey: key });
      expect(again).toEqual({ memoryLost: 'its memory is not there any more' });
      await greeted(one, 2);
    });

    test('has the volumes that were plugged in, and loses them, as if it had never been away', async () => {
      const guest = await setup.guest(one);
      await engine.start(guest);
      await greeted(one, 1);
      const own = await setup.disks(one);
      const disks = [data, more].map(setup.volume);
      for (const disk of disks) await engine.attach(one, await disk);
      await setup.hold(data);
      await engine.detach(one, data, { timeoutMs: 100, force: true });
      await engine.hibernate(one, key);
      const plugged = { ...(await disks[1]!), device: '/dev/sdf', boot: false };
      const now = { ...guest, disks: [...guest.disks, plugged], memoryKey: key };
      expect(await engine.start(now)).toEqual({});
      expect(await setup.disks(one)).toEqual([...own, more]);
      expect(await engine.detach(one, more, { timeoutMs: 100, force: true })).toBe(true);
      await engine.hibernate(one, key);
      expect(await engine.start({ ...guest, memoryKey: key })).toEqual({});
      expect(await greetings(one)).toBe(1);
      await engine.reset(one);
      await greeted(one, 2);
    });

    test('is found by the next server', async () => {
      await engine.start(await setup.guest(one));
      await greeted(one, 1);
      await engine.hibernate(one, key);
      listen(await setup.restart());
      expect(await engine.adopt()).toEqual([]);
      expect(await engine.start({ ...(await setup.guest(one)), memoryKey: key })).toEqual({});
      expect(await greetings(one)).toBe(1);
    });

    test('boots, and why is told, where its memory cannot be used', async () => {
      const guest = await setup.guest(one);
      let boots = 0;
      const hibernated = async () => {
        if (!(await engine.isRunning(one))) await engine.start(guest);
        await greeted(one, ++boots);
        await engine.hibernate(one, key);
      };
      await hibernated();
      const wrongKey = await engine.start({ ...guest, memoryKey: Buffer.alloc(32, 8) });
      expect(wrongKey.memoryLost).toContain('does not open');
      await hibernated();
      const disk = { ...(await setup.volume(data)), device: '/dev/sdf', boot: false };
      const other = await engine.start({ ...guest, disks: [...guest.disks, disk], memoryKey: key });
      expect(other.memoryLost).toContain('volumes');
      await hibernated();
      expect(await engine.start(guest)).toEqual({});
      await hibernated();
      await engine.discardMemory(one);
      await engine.discardMemory(one);
      const discarded = await engine.start({ ...guest, memoryKey: key });
      expect(discarded.memoryLost).toContain('not there');
      await greeted(one, 5);
    });

    test('was running: one that does not run has no memory to be kept', async () => {
      await expect(engine.hibernate(one, key)).rejects.toThrow('does not run');
    });
  });

  describe('a volume of a running guest', () => {
    const ask = { timeoutMs: 100, force: false };

    beforeEach(async () => {
      await engine.start(await setup.guest(one));
      await greeted(one, 1);
    });

    test('is plugged in once, beside others, and is still there after a reset', async () => {
      const own = await setup.disks(one);
      await engine.attach(one, await setup.volume(data));
      await engine.attach(one, await setup.volume(data));
      await engine.attach(one, await setup.volume(more));
      expect(await setup.disks(one)).toEqual([...own, data, more]);
      await engine.reset(one);
      await greeted(one, 2);
      expect(await setup.disks(one)).toEqual([...own, data, more]);
      expect(await engine.isRunning(one)).toBe(true);
    });

    test('stays while the guest holds it, and is free once it has let go', async () => {
      const own = await setup.disks(one);
      await engine.attach(one, await setup.volume(data));
      await setup.hold(data);
      expect(await engine.detach(one, data, ask)).toBe(false);
      expect(await engine.detach(one, data, ask)).toBe(false);
      await setup.letGo(one, data);
      expect(await engine.detach(one, data, { ...ask, timeoutMs: 5_000 })).toBe(true);
      expect(await setup.disks(one)).toEqual(own);
      await engine.attach(one, await setup.volume(data));
      expect(await setup.disks(one)).toEqual([...own, data]);
    });

    test('is taken by force from a guest that holds it, which goes on', async () => {
      const own = await setup.disks(one);
      await engine.attach(one, await setup.volume(data));
      await setup.hold(data);
      expect(await engine.detach(one, data, { ...ask, force: true })).toBe(true);
      expect(await engine.detach(one, data, { ...ask, force: true })).toBe(true);
      expect(await setup.disks(one)).toEqual(own);
      expect(await engine.isRunning(one)).toBe(true);
    });

    test('is found by the next server, which takes it away', async () => {
      const own = await setup.disks(one);
      await engine.attach(one, await setup.volume(data));
      listen(await setup.restart());
      await engine.adopt();
      await engine.attach(one, await setup.volume(data));
      expect(await setup.disks(one)).toEqual([...own, data]);
      expect(await engine.detach(one, data, { ...ask, force: true })).toBe(true);
      expect(await setup.disks(one)).toEqual(own);
    });

    test('grows under it, again without harm, and stays when it could not be grown', async () => {
      const own = await setup.disks(one);
      const disk = await setup.volume(data);
      const large = { ...disk, size: 4 * 1024 * 1024 };
      await engine.attach(one, disk);
      const failing = engine.resizeDisk(one, large, async () => {
        throw new Error('no space left');
      });
      await expect(failing).rejects.toThrow('no space left');
      for (let round = 0; round < 2; round++) await engine.resizeDisk(one, large, () => setup.regrow(data));
      expect(await setup.disks(one)).toEqual([...own, data]);
      await engine.reset(one);
      await greeted(one, 2);
      expect(await engine.isRunning(one)).toBe(true);
    });

    test('needs a guest: one that does not run has let go of all, and takes none', async () => {
      const disk = await setup.volume(data);
      expect(await engine.detach(one, data, ask)).toBe(true);
      expect(await engine.detach(two, data, ask)).toBe(true);
      await expect(engine.attach(two, disk)).rejects.toThrow('does not run');
      await expect(engine.resizeDisk(one, { ...disk, size: 1 }, async () => {})).rejects.toThrow(data);
      await expect(engine.resizeDisk(two, { ...disk, size: 1 }, async () => {})).rejects.toThrow('not run');
    });
  });
}
