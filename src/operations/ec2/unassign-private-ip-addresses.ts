import { checkAddresses } from '../../domain/address-request.ts';
import { missingParameter } from '../../domain/errors.ts';
import { primaryAddress, withoutAddresses } from '../../domain/network-interface.ts';
import { addressesNotAssigned, primaryNotUnassignable } from '../../domain/network-interface-errors.ts';
import { freeElasticAddress } from '../../jobs/instance-interfaces.ts';
import { refreshGuests } from './guest-refresh.ts';
import { refuseGiven } from './launch-parameters.ts';
import { findInterface } from './network-interface-lookup.ts';
import { operation } from './operation.ts';

/**
 * Elastic IP addresses that lead to the addresses are disassociated.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UnassignPrivateIpAddresses.html
 */
export const unassignPrivateIpAddresses = operation('UnassignPrivateIpAddresses', async (input, context) => {
  refuseGiven([['Ipv4Prefix', input.Ipv4Prefixes]]);
  const named = checkAddresses(input.PrivateIpAddresses ?? []);
  if (named.length === 0) throw missingParameter('PrivateIpAddress');
  await context.records.transaction(async records => {
    const one = await findInterface(records, context, input.NetworkInterfaceId);
    const primary = primaryAddress(one);
    if (named.includes(primary)) throw primaryNotUnassignable(primary);
    const gone = one.addresses.filter(address => named.includes(address.privateIpAddress));
    if (gone.length < named.length) throw addressesNotAssigned(one.networkInterfaceId);
    await records.networkInterfaces.put(withoutAddresses(one, gone));
    for (const { publicAddress } of gone)
      if (publicAddress?.elastic) await freeElasticAddress(records, publicAddress.elastic.allocationId);
    await refreshGuests(records, context, one);
  });
  context.jobs.wake();
  return {};
});
