import { nextPublicAddress } from '../../domain/addresses.ts';
import { isPoweredOn } from '../../domain/instance-state.ts';
import { noPublicAddressLeft } from '../../domain/network-errors.ts';
import {
  type NetworkInterface,
  needsLease,
  primaryAddress,
  publicAddressesOf,
  withPublicAddress,
} from '../../domain/network-interface.ts';
import { interfacesOf } from '../../jobs/instance-interfaces.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';

/** The region's public addresses for one transaction: none is given twice. */
export interface PublicAddressPool {
  isFree(publicIp: string): boolean;
  /** Any free one. @param owner whose address it is to be: others get others @throws AddressLimitExceeded */
  next(owner: string): string;
  /** Leases the interface's primary address one, until its instance stops. @throws AddressLimitExceeded */
  leaseTo<Interface extends NetworkInterface>(one: Interface, instanceId: string): Interface;
}

export async function publicAddresses(records: RegionReader, context: Context): Promise<PublicAddressPool> {
  const interfaces = await records.networkInterfaces.list();
  const elastic = await records.elasticAddresses.list();
  const inUse = new Set([...interfaces.flatMap(publicAddressesOf), ...elastic.map(one => one.publicIp)]);
  const next = (owner: string) => {
    const seed = `${owner}/${context.now().toISOString()}`;
    const address = nextPublicAddress(context.region.publicCidrBlock, inUse, seed);
    if (address === undefined) throw noPublicAddressLeft();
    inUse.add(address);
    return address;
  };
  return {
    isFree: publicIp => !inUse.has(publicIp),
    next,
    leaseTo: (one, instanceId) => withPublicAddress(one, primaryAddress(one), { publicIp: next(instanceId) }),
  };
}

/** Leases the primary interface of a running instance the address it would be leased if that started now. */
export async function leaseIfDue(
  records: RegionReader,
  context: Context,
  one: NetworkInterface,
): Promise<NetworkInterface> {
  const { attachment } = one;
  const instance = attachment?.deviceIndex === 0 && (await records.instances.get(attachment.instanceId));
  if (!instance || !isPoweredOn(instance)) return one;
  const [, ...others] = await interfacesOf(records, instance.instanceId);
  if (!needsLease([one, ...others])) return one;
  return (await publicAddresses(records, context)).leaseTo(one, instance.instanceId);
}
