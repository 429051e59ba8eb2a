import { cidrBlock, contains, isReserved, parseAddress } from '../../domain/addresses.ts';
import { mostElasticAddresses } from '../../domain/elastic-address.ts';
import { addressNotFound, classicUnsupported } from '../../domain/elastic-address-errors.ts';
import { noPublicAddressLeft } from '../../domain/network-errors.ts';
import { oneOf } from '../../domain/one-of.ts';
import { settleTags } from '../../domain/tags.ts';
import type { Context } from '../context.ts';
import { writeTags } from '../tagging.ts';
import { ownAddresses } from './elastic-address-lookup.ts';
import { refuseGiven, unless } from './launch-parameters.ts';
import { checkBorderGroup } from './network-border-group.ts';
import { operation } from './operation.ts';
import { type PublicAddressPool, publicAddresses } from './public-address.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html */
export const allocateAddress = operation('AllocateAddress', async (input, context) => {
  if (oneOf('domain', input.Domain, ['vpc', 'standard']) === 'standard') throw classicUnsupported();
  refuseGiven([
    ['PublicIpv4Pool', unless(input.PublicIpv4Pool, 'amazon')],
    ['CustomerOwnedIpv4Pool', input.CustomerOwnedIpv4Pool],
    ['IpamPoolId', input.IpamPoolId],
  ]);
  checkBorderGroup(context, input.NetworkBorderGroup);
  const tags = settleTags(input.TagSpecifications, ['elastic-ip'])['elastic-ip'];
  const address = await context.records.transaction(async records => {
    if ((await ownAddresses(records, context)).length >= mostElasticAddresses) throw noPublicAddressLeft();
    const pool = await publicAddresses(records, context);
    const allocationId = context.newId('eipalloc');
    const publicIp = input.Address ? named(context, pool, input.Address) : pool.next(allocationId);
    const made = { allocationId, ownerId: context.caller.accountId, publicIp };
    await records.elasticAddresses.put(made);
    await writeTags(records, made.ownerId, { id: allocationId, type: 'elastic-ip' }, tags);
    return made;
  });
  return {
    PublicIp: address.publicIp,
    AllocationId: address.allocationId,
    PublicIpv4Pool: 'amazon',
    NetworkBorderGroup: context.region.name,
    Domain: 'vpc' as const,
  };
});

/** One that was released may be asked for again while nobody else has it. @throws InvalidAddress.NotFound */
function named(context: Context, pool: PublicAddressPool, publicIp: string): string {
  const block = cidrBlock(context.region.publicCidrBlock);
  const address = parseAddress(publicIp);
  const isOurs = address !== undefined && contains(block, address) && !isReserved(block, address);
  if (!isOurs || !pool.isFree(publicIp)) throw addressNotFound(publicIp);
  return publicIp;
}
