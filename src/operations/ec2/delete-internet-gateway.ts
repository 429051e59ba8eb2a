import { inUse } from '../../domain/network-errors.ts';
import { forgetTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { ownGateway } from './vpc-lookup.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteInternetGateway.html */
export const deleteInternetGateway = operation('DeleteInternetGateway', (input, context) =>
  context.records.transaction(async records => {
    const { internetGatewayId, vpcId } = await ownGateway(
      records,
      context.caller.accountId,
      input.InternetGatewayId,
    );
    if (vpcId !== undefined) throw inUse('internetGateway', internetGatewayId);
    await records.internetGateways.delete(internetGatewayId);
    await forgetTags(records, internetGatewayId);
    return {};
  }),
);
