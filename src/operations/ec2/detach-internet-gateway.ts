import { gatewayNotAttached, publicAddressesMapped } from '../../domain/routing-errors.ts';
import { refreshGuests } from './guest-refresh.ts';
import { hasPublicAddresses } from './network-users.ts';
import { operation } from './operation.ts';
import { ownGateway, ownVpc } from './vpc-lookup.ts';

/** Routes to it stay, and lead nowhere. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachInternetGateway.html */
export const detachInternetGateway = operation('DetachInternetGateway', async (input, context) => {
  const { accountId } = context.caller;
  await context.records.transaction(async records => {
    const gateway = await ownGateway(records, accountId, input.InternetGatewayId);
    const { vpcId } = await ownVpc(records, accountId, input.VpcId);
    if (gateway.vpcId !== vpcId) throw gatewayNotAttached(gateway.internetGatewayId, vpcId);
    if (await hasPublicAddresses(records, vpcId)) throw publicAddressesMapped(vpcId);
    await records.internetGateways.put({ ...gateway, vpcId: undefined });
    await refreshGuests(records, context, { vpcId });
  });
  context.jobs.wake();
  return {};
});
