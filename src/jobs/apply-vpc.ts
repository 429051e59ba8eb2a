import { isPoweredOn, liveStates } from '../domain/instance-state.ts';
import { planVpc } from '../domain/vpc-plan.ts';
import type { JobKind } from './job.ts';
import type { JobServices } from './services.ts';

/** Brings addresses, security group rules and metadata of a VPC's guests to what the records say. */
export async function applyVpc(services: JobServices, vpcId: string): Promise<void> {
  const { network, records, locks, region, identity } = services;
  await locks.run(`vpc ${vpcId}`, async () => {
    const vpc = await records.read.vpcs.get(vpcId);
    const instances = await records.read.instances.list({ vpcId, state: liveStates });
    if (!vpc || !instances.some(isPoweredOn)) return network.remove(vpcId);
    const { read } = records;
    const [subnets, routeTables, internetGateways, securityGroups, networkInterfaces, volumes, tags] =
      await Promise.all([
        read.subnets.list({ vpcId }),
        read.routeTables.list({ vpcId }),
        read.internetGateways.list({ vpcId }),
        read.securityGroups.list({ vpcId }),
        read.networkInterfaces.list({ vpcId }),
        read.volumes.list({ instanceId: instances.map(instance => instance.instanceId) }),
        read.tags.getMany(instances.map(instance => `${instance.instanceId}/${instance.ownerId}`)),
      ]);
    const tagsOf = new Map(tags.map(set => [set.resourceId, set.tags]));
    const routing = { routeTables, internetGateways };
    const facts = { region, vpc, subnets, ...routing, securityGroups, networkInterfaces, instances, volumes };
    await network.apply(planVpc({ ...facts, tags: tagsOf, sign: identity.sign }));
  });
}

export const applyVpcJob: JobKind<'apply-vpc', JobServices> = {
  kind: 'apply-vpc',
  run: ({ input: { vpcId } }, services) => applyVpc(services, vpcId),
  async failed({ input: { vpcId } }, reason, { log }) {
    log.error('the rules of a VPC could not be applied', { vpcId, reason: reason.message });
  },
  attempts: 10,
};
