import type { InternetGateway } from '../../domain/network.ts';
import { mostInternetGateways } from '../../domain/network-limits.ts';
import { tooManyGateways } from '../../domain/routing-errors.ts';
import { settleTags } from '../../domain/tags.ts';
import { writeTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { presentInternetGateway } from './present/internet-gateway.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateInternetGateway.html */
export const createInternetGateway = operation('CreateInternetGateway', async (input, context) => {
  const { accountId: ownerId } = context.caller;
  const tags = settleTags(input.TagSpecifications, ['internet-gateway'])['internet-gateway'];
  return context.records.transaction(async records => {
    if ((await records.internetGateways.list({ ownerId })).length >= mostInternetGateways)
      throw tooManyGateways();
    const gateway: InternetGateway = { internetGatewayId: context.newId('igw'), ownerId };
    await records.internetGateways.put(gateway);
    await writeTags(records, ownerId, { id: gateway.internetGatewayId, type: 'internet-gateway' }, tags);
    return { InternetGateway: presentInternetGateway(gateway, tags ?? {}) };
  });
});
