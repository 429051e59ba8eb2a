import { interfaceNotDeletable } from '../../domain/network-interface-errors.ts';
import { deleteInterface } from '../../jobs/instance-interfaces.ts';
import { findInterface } from './network-interface-lookup.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkInterface.html */
export const deleteNetworkInterface = operation('DeleteNetworkInterface', async (input, context) => {
  await context.records.transaction(async records => {
    const one = await findInterface(records, context, input.NetworkInterfaceId);
    if (one.attachment) throw interfaceNotDeletable(one.networkInterfaceId);
    await deleteInterface(records, one);
  });
  return {};
});
