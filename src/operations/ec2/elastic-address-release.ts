import { type ElasticAddress, targetOf } from '../../domain/elastic-address.ts';
import { type NetworkInterface, withPublicAddress } from '../../domain/network-interface.ts';
import { freeElasticAddress } from '../../jobs/instance-interfaces.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { refreshGuests } from './guest-refresh.ts';
import { leaseIfDue } from './public-address.ts';

/**
 * The address leads to the interface no more. As on AWS an instance that would have been leased an address when it started
 * is leased one now.
 */
export async function disassociate(
  records: RegionWriter,
  context: Context,
  one: NetworkInterface,
  { allocationId }: ElasticAddress,
): Promise<void> {
  const target = targetOf(one, allocationId);
  if (target) {
    const after = withPublicAddress(one, target.privateIpAddress, undefined);
    await records.networkInterfaces.put(await leaseIfDue(records, context, after));
  }
  await freeElasticAddress(records, allocationId);
  await refreshGuests(records, context, one);
}
