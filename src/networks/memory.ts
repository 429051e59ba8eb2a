import type { VpcPlan } from '../domain/vpc-plan-types.ts';
import type { Network } from './network.ts';

/** A network in which nothing flows: for tests, and for an engine in memory. Every guest of a plan is reachable. */
export function memoryNetwork(isReachable: (instanceId: string) => boolean = () => true): Network & {
  /** The last plan of a VPC. */
  plan(vpcId: string): VpcPlan | undefined;
} {
  const plans = new Map<string, VpcPlan>();
  const endpoints = (vpcId: string) => plans.get(vpcId)?.endpoints ?? [];
  return {
    mode: 'memory',
    plan: vpcId => plans.get(vpcId),
    async apply(plan) {
      plans.set(plan.vpcId, structuredClone(plan));
    },
    async nic(vpcId, networkInterfaceId) {
      const found = endpoints(vpcId).find(one => one.networkInterfaceId === networkInterfaceId);
      if (!found)
        throw new Error(
          `${networkInterfaceId} has no place in the last plan of ${vpcId}: apply one that has`,
        );
      const { macAddress } = found;
      return { networkInterfaceId, macAddress, tap: `memory-${networkInterfaceId}`, enter: [] };
    },
    async isReachable(vpcId, instanceId) {
      return endpoints(vpcId).some(one => one.instanceId === instanceId) && isReachable(instanceId);
    },
    async remove(vpcId) {
      plans.delete(vpcId);
    },
    async list() {
      return [...plans.keys()].sort();
    },
  };
}
