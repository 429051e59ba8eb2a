/** What the host has left for guests: they take their memory as they touch it, and each is promised all of it. */
import type { Instance } from '../../domain/instance.ts';
import { insufficientCapacity } from '../../domain/instance-errors.ts';
import { poweredOnStates } from '../../domain/instance-state.ts';
import { instanceType } from '../../domain/instance-types.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';

type Wanted = Pick<Instance, 'instanceType' | 'availabilityZone'>;

/** Counts the region's memory down for one transaction: each call says whether one more instance fits, and takes its part. */
export async function freeCapacity(
  records: RegionReader,
  context: Context,
): Promise<(wanted: Wanted) => boolean> {
  const running = await records.instances.list({ state: poweredOnStates });
  const total = context.capacity.guestMemoryMiB;
  let left = total - running.reduce((sum, instance) => sum + memoryOf(instance), 0);
  return wanted => {
    const needed = memoryOf(wanted);
    if (needed > left) return false;
    left -= needed;
    return true;
  };
}

/** As many of the instances as fit. @throws InsufficientInstanceCapacity for fewer than `least` */
export async function fitting<Item extends Wanted>(
  records: RegionReader,
  context: Context,
  instances: readonly Item[],
  least: number,
): Promise<Item[]> {
  const fits = await freeCapacity(records, context);
  const chosen = instances.filter(fits);
  if (chosen.length < least)
    throw insufficientCapacity(instances[0]!.instanceType, instances[0]!.availabilityZone);
  return chosen;
}

function memoryOf({ instanceType: name }: Pick<Instance, 'instanceType'>): number {
  return instanceType(name)?.memoryMiB ?? 0;
}
