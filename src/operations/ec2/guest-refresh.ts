import type { Instance } from '../../domain/instance.ts';
import { isPoweredOn } from '../../domain/instance-state.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';

/** Brings the network and the metadata of a running instance to its record. One that is off gets them when it starts. */
export async function refreshGuest(
  records: RegionWriter,
  context: Context,
  { vpcId }: Instance,
): Promise<void> {
  const neighbours = await records.instances.list({ vpcId });
  if (neighbours.some(isPoweredOn)) await context.jobs.enqueue(records, 'apply-vpc', vpcId, { vpcId });
}
