import { gatewayAttached, vpcHasGateway } from '../../domain/routing-errors.ts';
import { refreshGuests } from './guest-refresh.ts';
import { operation } from './operation.ts';
import { ownGateway, ownVpc } from './vpc-lookup.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachInternetGateway.html */
export const attachInternetGateway = operation('AttachInternetGateway', async (input, context) => {
  const { accountId } = context.caller;
  await context.records.transaction(async records => {
    const gateway = await ownGateway(records, accountId, input.InternetGatewayId);
    const { vpcId } = await ownVpc(records, accountId, input.VpcId);
    if (gateway.vpcId !== undefined) throw gatewayAttached(gateway.internetGatewayId, gateway.vpcId);
    if ((await records.internetGateways.list({ vpcId })).length) throw vpcHasGateway(vpcId);
    await records.internetGateways.put({ ...gateway, vpcId });
    await refreshGuests(records, context, { vpcId });
  });
  context.jobs.wake();
  return {};
});
