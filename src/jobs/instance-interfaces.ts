import {
  type AttachedInterface,
  byDevice,
  detachedInterface,
  type NetworkInterface,
  withoutLease,
} from '../domain/network-interface.ts';
import type { RegionReader, RegionWriter } from '../stores/records/database.ts';

/** An instance's network interfaces, the primary one first. */
export async function interfacesOf(
  records: Pick<RegionReader, 'networkInterfaces'>,
  instanceId: string,
): Promise<AttachedInterface[]> {
  return byDevice(await records.networkInterfaces.list({ instanceId }));
}

/** Those a starting guest was to have are `attached` once it runs. */
export async function noteAttached(records: RegionWriter, instanceId: string): Promise<void> {
  for (const one of await interfacesOf(records, instanceId))
    if (one.attachment.status === 'attaching')
      await records.networkInterfaces.put({ ...one, attachment: { ...one.attachment, status: 'attached' } });
}

/** A stopped instance gives leased public addresses back; Elastic IP addresses stay. */
export async function endLeases(records: RegionWriter, instanceId: string): Promise<void> {
  for (const one of await interfacesOf(records, instanceId))
    if (one.addresses.some(({ publicAddress }) => publicAddress && !publicAddress.elastic))
      await records.networkInterfaces.put(withoutLease(one));
}

/** Interfaces marked so go with their instance; the others are left without one. */
export async function releaseInterfaces(records: RegionWriter, instanceId: string): Promise<void> {
  for (const one of await interfacesOf(records, instanceId))
    if (one.attachment.deleteOnTermination) await deleteInterface(records, one);
    else await records.networkInterfaces.put(detachedInterface(one));
}

/** Forgets an interface and its tags; Elastic IP addresses that led to it lead nowhere. */
export async function deleteInterface(records: RegionWriter, one: NetworkInterface): Promise<void> {
  const { networkInterfaceId, ownerId } = one;
  for (const { publicAddress } of one.addresses)
    if (publicAddress?.elastic) await freeElasticAddress(records, publicAddress.elastic.allocationId);
  await records.tags.delete(`${networkInterfaceId}/${ownerId}`);
  await records.networkInterfaces.delete(networkInterfaceId);
}

/** Notes that an Elastic IP address is associated with nothing. */
export async function freeElasticAddress(records: RegionWriter, allocationId: string): Promise<void> {
  const address = await records.elasticAddresses.get(allocationId);
  if (!address) return;
  const { networkInterfaceId: _, ...free } = address;
  await records.elasticAddresses.put(free);
}
