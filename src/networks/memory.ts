import type { VpcPlan } from '../domain/vpc-plan-types.ts';
import type { Network } from './network.ts';

/** A network in which nothing flows: for tests, and for an engine in memory. Every guest of a plan is reachable. */
export function memoryNetwork(isReachable: (instanceId: string) => boolean = () => true): Network & {
  /** The last plan of a VPC. */
  plan(vpcId: string): VpcPlan | undefined;
} {
  const plans = new Map<string, VpcPlan>();
  const endpoint = (vpcId: string, instanceId: string) =>
    plans.get(vpcId)?.endpoints.find(one => one.instanceId === instanceId);
  return {
    mode: 'memory',
    plan: vpcId => plans.get(vpcId),
    async apply(plan) {
      plans.set(plan.vpcId, structuredClone(plan));
    },
    async nic(vpcId, instanceId) {
      const found = endpoint(vpcId, instanceId);
      if (!found)
        throw new Error(`${instanceId} has no place in the last plan of ${vpcId}: apply one that has`);
      return { macAddress: found.macAddress, tap: `memory-${instanceId}`, enter: [] };
    },
    async isReachable(vpcId, instanceId) {
      return endpoint(vpcId, instanceId) !== undefined && isReachable(instanceId);
    },
    async remove(vpcId) {
      plans.delete(vpcId);
    },
    async list() {
      return [...plans.keys()].sort();
    },
  };
}
