import type { Instance, InstanceState } from '../../domain/instance.ts';
import { instanceNotFound, noInstances } from '../../domain/instance-errors.ts';
import { isVisible } from '../../domain/instance-state.ts';
import type { InstanceView } from '../../domain/instance-view.ts';
import { byDevice } from '../../domain/network-interface.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { loadTags } from '../tagging.ts';
import { viewInterfaces } from './network-interface-lookup.ts';
import { idList } from './request.ts';

/** The ids of a call that must name instances. @throws InvalidParameterCombination, MissingParameter, InvalidInstanceID.Malformed */
export function instanceIds(ids: readonly string[] | undefined): string[] {
  if (!ids?.length) throw noInstances();
  return idList('i', ids);
}

/** The caller's instances in the order of `ids`. @throws InvalidInstanceID.NotFound naming all that are not there. */
export async function findInstances(
  records: RegionReader,
  context: Context,
  ids: readonly string[],
): Promise<Instance[]> {
  const now = context.now();
  const found = new Map(
    (await records.instances.getMany(ids))
      .filter(instance => instance.ownerId === context.caller.accountId && isVisible(instance, now))
      .map(instance => [instance.instanceId, instance]),
  );
  const missing = ids.filter(id => !found.has(id));
  if (missing.length) throw instanceNotFound(missing);
  return ids.map(id => found.get(id)!);
}

/** The caller's instances: the named ones, or all, or all that are in one of the states. */
export async function askedInstances(
  context: Context,
  ids: readonly string[],
  states?: readonly InstanceState[],
): Promise<Instance[]> {
  const records = context.records.read;
  if (ids.length) return findInstances(records, context, ids);
  const own = await records.instances.list({
    ownerId: context.caller.accountId,
    ...(states && { state: states }),
  });
  return own.filter(instance => isVisible(instance, context.now()));
}

/** Gathers what is shown beside instances of the caller. */
export async function viewInstances(
  records: RegionReader,
  context: Context,
  instances: readonly Instance[],
): Promise<InstanceView[]> {
  const ids = instances.map(instance => instance.instanceId);
  const [volumes, interfaces, tags] = [
    ids.length ? await records.volumes.list({ instanceId: ids }) : [],
    ids.length ? byDevice(await records.networkInterfaces.list({ instanceId: ids })) : [],
    await loadTags(records, context.caller.accountId, ids),
  ];
  const volumesOf = Map.groupBy(volumes, volume => volume.attachment?.instanceId);
  const interfacesOf = Map.groupBy(
    await viewInterfaces(records, context, interfaces),
    view => view.networkInterface.attachment?.instanceId,
  );
  return instances.map(instance => ({
    instance,
    region: context.region.name,
    networkInterfaces: interfacesOf.get(instance.instanceId) ?? [],
    volumes: (volumesOf.get(instance.instanceId) ?? []).sort((a, b) =>
      a.attachment!.device < b.attachment!.device ? -1 : 1,
    ),
    tags: tags(instance.instanceId),
  }));
}
