import { type ElasticAddress, type ElasticAddressView, targetOf } from '../../domain/elastic-address.ts';
import {
  addressNotFound,
  allocationNotFound,
  notBothAddresses,
} from '../../domain/elastic-address-errors.ts';
import { missingParameter } from '../../domain/errors.ts';
import type { NetworkInterface } from '../../domain/network-interface.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { loadTags } from '../tagging.ts';
import { optionalId } from './request.ts';

/** The caller's Elastic IP addresses: there are few of them. */
export function ownAddresses(records: RegionReader, context: Context): Promise<ElasticAddress[]> {
  return records.elasticAddresses.list({ ownerId: context.caller.accountId });
}

/** The one that is named. @throws MissingParameter, InvalidParameterCombination, Invalid…NotFound */
export async function findAddress(
  records: RegionReader,
  context: Context,
  { AllocationId, PublicIp }: { AllocationId?: string; PublicIp?: string },
): Promise<ElasticAddress> {
  const id = optionalId('eipalloc', AllocationId);
  if (id !== undefined && PublicIp) throw notBothAddresses();
  const own = await ownAddresses(records, context);
  const found = own.find(one => (id === undefined ? one.publicIp === PublicIp : one.allocationId === id));
  if (found) return found;
  if (id !== undefined) throw allocationNotFound(id);
  if (PublicIp) throw addressNotFound(PublicIp);
  throw missingParameter('AllocationId');
}

/** The interface an address is associated with, if it is. */
export async function interfaceBehind(
  records: Pick<RegionReader, 'networkInterfaces'>,
  { networkInterfaceId }: ElasticAddress,
): Promise<NetworkInterface | undefined> {
  return networkInterfaceId === undefined ? undefined : records.networkInterfaces.get(networkInterfaceId);
}

/** Gathers what is shown beside addresses of the caller. */
export async function viewAddresses(
  records: RegionReader,
  context: Context,
  addresses: readonly ElasticAddress[],
): Promise<ElasticAddressView[]> {
  const interfaces = await records.networkInterfaces.getMany(
    addresses.flatMap(address => address.networkInterfaceId ?? []),
  );
  const tags = await loadTags(
    records,
    context.caller.accountId,
    addresses.map(address => address.allocationId),
  );
  return addresses.map(address => {
    const networkInterface = interfaces.find(one => one.networkInterfaceId === address.networkInterfaceId);
    return {
      address,
      networkInterface,
      target: targetOf(networkInterface, address.allocationId),
      region: context.region.name,
      tags: tags(address.allocationId),
    };
  });
}
