import type { Instance } from '../../domain/instance.ts';
import { poweredOnStates } from '../../domain/instance-state.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';

/** Brings network and metadata of a VPC's running instances to their records. One that is off gets them when it starts. */
export async function refreshGuests(
  records: RegionWriter,
  context: Context,
  { vpcId }: Pick<Instance, 'vpcId'>,
): Promise<void> {
  const [neighbour] = await records.instances.list({ vpcId, state: poweredOnStates }, { limit: 1 });
  if (neighbour) await context.jobs.enqueue(records, 'apply-vpc', vpcId, { vpcId });
}
