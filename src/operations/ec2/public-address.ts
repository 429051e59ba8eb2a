import { nextPublicAddress } from '../../domain/addresses.ts';
import { liveStates } from '../../domain/instance-state.ts';
import { noPublicAddressLeft } from '../../domain/network-errors.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';

/** Leases the region's public addresses for one transaction: each call gives another free one. @throws AddressLimitExceeded */
export async function publicAddresses(
  records: RegionReader,
  context: Context,
): Promise<(instanceId: string) => string> {
  const instances = await records.instances.list({ state: liveStates });
  const inUse = new Set(instances.flatMap(one => one.publicIpAddress ?? []));
  return instanceId => {
    const seed = `${instanceId}/${context.now().toISOString()}`;
    const address = nextPublicAddress(context.region.publicCidrBlock, inUse, seed);
    if (address === undefined) throw noPublicAddressLeft();
    inUse.add(address);
    return address;
  };
}
