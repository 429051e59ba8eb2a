import { nextPublicAddress } from '../../domain/addresses.ts';
import { noPublicAddressLeft } from '../../domain/network-errors.ts';
import {
  type NetworkInterface,
  primaryAddress,
  publicAddressesOf,
  withPublicAddress,
} from '../../domain/network-interface.ts';
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
