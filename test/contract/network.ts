import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Network } from '../../src/networks/network.ts';
import { endpoint, plan, vpcId } from '../support/vpc-plans.ts';

/** What every network keeps. `make` answers a fresh one and what ends it. */
export function networkContract(
  name: string,
  make: () => Promise<{ network: Network; end(): Promise<void> }>,
): void {
  describe(`a network (${name})`, () => {
    let network: Network;
    let end: () => Promise<void>;
    const [one, two] = [endpoint(1), endpoint(2)];

    beforeEach(async () => {
      ({ network, end } = await make());
    });
    afterEach(() => end());

    test('has the NIC of every endpoint of the last plan, the same however often it is applied', async () => {
      await network.apply(plan(one, two));
      const nic = await network.nic(vpcId, one.networkInterfaceId);
      expect(nic.macAddress).toBe(one.macAddress);
      expect((await network.nic(vpcId, two.networkInterfaceId)).tap).not.toBe(nic.tap);
      await network.apply(plan(one, two));
      expect(await network.nic(vpcId, one.networkInterfaceId)).toEqual(nic);
    });

    test('has no NIC for an endpoint that is not, or no longer, in the plan', async () => {
      await network.apply(plan(one, two));
      await network.apply(plan(two));
      await expect(network.nic(vpcId, one.networkInterfaceId)).rejects.toThrow(/no place in the last plan/);
      expect((await network.nic(vpcId, two.networkInterfaceId)).macAddress).toBe(two.macAddress);
      expect(await network.isReachable(vpcId, one.instanceId)).toBe(false);
    });

    test('lists a VPC until it is removed', async () => {
      expect(await network.list()).toEqual([]);
      await network.apply(plan());
      expect(await network.list()).toEqual([vpcId]);
      await network.remove(vpcId);
      expect(await network.list()).toEqual([]);
    });

    test('makes a removed VPC anew, and removes what is not there', async () => {
      await network.remove(vpcId);
      await network.apply(plan(one));
      await network.remove(vpcId);
      await network.apply(plan(two));
      expect((await network.nic(vpcId, two.networkInterfaceId)).macAddress).toBe(two.macAddress);
      await expect(network.nic(vpcId, one.networkInterfaceId)).rejects.toThrow();
    });

    test('takes plans one after the other: the last one given stays', async () => {
      await Promise.all([network.apply(plan(one)), network.apply(plan(one, two)), network.apply(plan(two))]);
      expect((await network.nic(vpcId, two.networkInterfaceId)).macAddress).toBe(two.macAddress);
      await expect(network.nic(vpcId, one.networkInterfaceId)).rejects.toThrow();
    });
  });
}
