import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engines/engine.ts';
import type { EngineUnderTest } from './engine.ts';

const one = 'i-00000000000000001';
const two = 'i-00000000000000002';
const second = 'eni-0000000000000000d';
const third = 'eni-0000000000000000e';

/** What an implementation of Engine must do with the NICs of its guests. */
export function engineNicsContract(make: () => Promise<EngineUnderTest>): void {
  const ask = { timeoutMs: 100, force: false };
  let setup: EngineUnderTest;
  let engine: Engine;
  let own: string[];

  const greeted = async (times: number) => {
    const greetings = async () => (await engine.consoleOutput(one)).toString().split('hello').length - 1;
    while ((await greetings()) < times) await new Promise(resolve => setTimeout(resolve, 20));
  };

  beforeEach(async () => {
    setup = await make();
    engine = setup.engine;
    await engine.start(await setup.guest(one));
    await greeted(1);
    own = await setup.nics(one);
  });

  afterEach(() => setup.end());

  describe('a NIC of a running guest', () => {
    test('is plugged in once, beside others, and is still there after a reset', async () => {
      await engine.attachNic(one, await setup.nic(second));
      await engine.attachNic(one, await setup.nic(second));
      await engine.attachNic(one, await setup.nic(third));
      expect(await setup.nics(one)).toEqual([...own, second, third]);
      await engine.reset(one);
      await greeted(2);
      expect(await setup.nics(one)).toEqual([...own, second, third]);
    });

    test('is still there after a hibernation; a guest that has lost it meanwhile boots', async () => {
      const key = Buffer.alloc(32, 7);
      const guest = await setup.guest(one);
      await engine.attachNic(one, await setup.nic(second));
      await engine.hibernate(one, key);
      const nics = [...guest.nics, await setup.nic(second)];
      expect(await engine.start({ ...guest, nics, memoryKey: key })).toEqual({});
      expect(await setup.nics(one)).toEqual([...own, second]);
      await engine.hibernate(one, key);
      const { memoryLost } = await engine.start({ ...guest, memoryKey: key });
      expect(memoryLost).toContain('network interfaces');
      await greeted(2);
    });

    test('stays while the guest holds it, and can be plugged in anew once it has let go', async () => {
      await engine.attachNic(one, await setup.nic(second));
      await setup.hold(second);
      expect(await engine.detachNic(one, second, ask)).toBe(false);
      expect(await engine.detachNic(one, second, ask)).toBe(false);
      expect(await setup.nics(one)).toEqual([...own, second]);
      await setup.letGo(one, second);
      expect(await engine.detachNic(one, second, { ...ask, timeoutMs: 5_000 })).toBe(true);
      expect(await setup.nics(one)).toEqual(own);
      await engine.attachNic(one, await setup.nic(second));
      expect(await setup.nics(one)).toEqual([...own, second]);
    });

    test('is taken by force from a guest that holds it, which goes on; its tap is free for another', async () => {
      await engine.attachNic(one, await setup.nic(second));
      await setup.hold(second);
      expect(await engine.detachNic(one, second, { ...ask, force: true })).toBe(true);
      expect(await engine.detachNic(one, second, ask)).toBe(true);
      expect(await setup.nics(one)).toEqual(own);
      expect(await engine.isRunning(one)).toBe(true);
      await engine.start(await setup.guest(two));
      await engine.attachNic(two, await setup.nic(second));
      expect(await setup.nics(two)).toContain(second);
    });

    test('is found by the next server, which takes it away', async () => {
      await engine.attachNic(one, await setup.nic(second));
      engine = await setup.restart();
      await engine.adopt();
      await engine.attachNic(one, await setup.nic(second));
      expect(await setup.nics(one)).toEqual([...own, second]);
      expect(await engine.detachNic(one, second, { ...ask, force: true })).toBe(true);
      expect(await setup.nics(one)).toEqual(own);
    });

    test('is there from the start when the guest is started with it', async () => {
      const guest = await setup.guest(two);
      await engine.start({ ...guest, nics: [...guest.nics, await setup.nic(second)] });
      expect(await setup.nics(two)).toHaveLength(2);
      expect(await setup.nics(two)).toContain(second);
    });

    test('needs a guest: one that does not run has let go of all, and takes none', async () => {
      expect(await engine.detachNic(one, second, ask)).toBe(true);
      expect(await engine.detachNic(two, second, ask)).toBe(true);
      await expect(engine.attachNic(two, await setup.nic(second))).rejects.toThrow('does not run');
    });
  });
}
