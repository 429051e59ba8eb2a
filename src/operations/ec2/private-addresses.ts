import type { AddressRequest } from '../../domain/address-request.ts';
import { cidrBlock, contains, isReserved, nextPrivateAddress, parseAddress } from '../../domain/addresses.ts';
import type { Subnet } from '../../domain/network.ts';
import { addressInUse, addressOutsideSubnet, addressReserved } from '../../domain/network-errors.ts';
import { privateAddressesOf } from '../../domain/network-interface.ts';
import type { RegionReader } from '../../stores/records/database.ts';

type LeasedSubnet = Pick<Subnet, 'subnetId' | 'cidrBlock'>;

/** A subnet's addresses for one transaction: none is given twice. */
export interface AddressPool {
  /** @throws InvalidParameterValue for one outside the subnet or reserved, InvalidIPAddress.InUse */
  take(wanted: string): string;
  /** Any free one; undefined when there is none. */
  next(): string | undefined;
}

export async function privateAddresses(records: RegionReader, subnet: LeasedSubnet): Promise<AddressPool> {
  const neighbours = await records.networkInterfaces.list({ subnetId: subnet.subnetId });
  const inUse = new Set(neighbours.flatMap(privateAddressesOf));
  const lease = (address: string | undefined) => {
    if (address !== undefined) inUse.add(address);
    return address;
  };
  return {
    take(wanted) {
      checkInSubnet(subnet, wanted);
      if (inUse.has(wanted)) throw addressInUse(wanted);
      return lease(wanted)!;
    },
    next: () => lease(nextPrivateAddress(subnet.cidrBlock, inUse)),
  };
}

/** @throws InvalidParameterValue for an address the subnet does not have, or keeps for itself */
export function checkInSubnet(subnet: LeasedSubnet, wanted: string): void {
  const block = cidrBlock(subnet.cidrBlock);
  const address = parseAddress(wanted)!;
  if (!contains(block, address)) throw addressOutsideSubnet(wanted);
  if (isReserved(block, address)) throw addressReserved(wanted);
}

/** The addresses of one interface, the primary first; undefined when the subnet has no more. @throws as `take` */
export function leaseAddresses(pool: AddressPool, request: AddressRequest): string[] | undefined {
  // Those that are named first, so that none of them is given away as any.
  const named = request.secondary.map(pool.take);
  const primary = request.primary === undefined ? pool.next() : pool.take(request.primary);
  const more = Array.from({ length: request.secondaryCount }, () => pool.next());
  const addresses = [primary, ...named, ...more].filter(address => address !== undefined);
  return addresses.length === 1 + named.length + more.length ? addresses : undefined;
}
