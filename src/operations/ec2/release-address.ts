import { addressInUse } from '../../domain/network-errors.ts';
import { forgetTags } from '../tagging.ts';
import { findAddress } from './elastic-address-lookup.ts';
import { checkBorderGroup } from './network-border-group.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html */
export const releaseAddress = operation('ReleaseAddress', async (input, context) => {
  checkBorderGroup(context, input.NetworkBorderGroup);
  await context.records.transaction(async records => {
    const { allocationId, publicIp, networkInterfaceId } = await findAddress(records, context, input);
    if (networkInterfaceId !== undefined) throw addressInUse(publicIp);
    await records.elasticAddresses.delete(allocationId);
    await forgetTags(records, allocationId);
  });
  return {};
});
