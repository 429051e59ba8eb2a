import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Engine, GuestExit, GuestSpec } from '../../src/engines/engine.ts';

/** An engine under test. Every guest it makes prints `hello` on its console when it boots. */
export interface EngineUnderTest {
  engine: Engine;
  guest(instanceId: string): Promise<GuestSpec>;
  /** Makes the guest shut itself down. */
  powerOff(instanceId: string): Promise<void>;
  /** Makes the guest's process die. */
  crash(instanceId: string): Promise<void>;
  /** A server that starts now and finds what the former one left. */
  restart(): Promise<Engine>;
  end(): Promise<void>;
}

const one = 'i-00000000000000001';
const two = 'i-00000000000000002';

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

    test('boots again when reset is pressed', async () => {
      await engine.start(await setup.guest(one));
      await greeted(one, 1);
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

    test('of an architecture that cannot run is refused with the reason', async () => {
      const guest = { ...(await setup.guest(one)), architecture: 'arm64' as const };
      await expect(engine.start(guest)).rejects.toThrow('x86_64 or i386');
      expect(await engine.isRunning(one)).toBe(false);
    });
  });
}
