import { refreshGuests } from './guest-refresh.ts';
import { findInterface } from './network-interface-lookup.ts';
import { operation } from './operation.ts';
import { required } from './request.ts';

/**
 * Source and destination are checked again: the one attribute that can be reset, whatever its parameter says.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResetNetworkInterfaceAttribute.html
 */
export const resetNetworkInterfaceAttribute = operation(
  'ResetNetworkInterfaceAttribute',
  async (input, context) => {
    required(input.SourceDestCheck, 'SourceDestCheck');
    await context.records.transaction(async records => {
      const one = await findInterface(records, context, input.NetworkInterfaceId);
      await records.networkInterfaces.put({ ...one, sourceDestCheck: true });
      await refreshGuests(records, context, one);
    });
    context.jobs.wake();
    return {};
  },
);
