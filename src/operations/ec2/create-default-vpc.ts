import { defaultVpcExists } from '../../domain/network-errors.ts';
import { defaultNetwork, defaultVpcOf, ensureDefaultNetwork } from '../default-network.ts';
import { operation } from './operation.ts';
import { presentVpc } from './present/vpc.ts';

/** For an account that deleted its default VPC. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDefaultVpc.html */
export const createDefaultVpc = operation('CreateDefaultVpc', async (_input, context) => {
  const { accountId } = context.caller;
  const { zones } = context.region;
  await ensureDefaultNetwork(context.records, accountId, zones, context.newId);
  return context.records.transaction(async records => {
    if (await defaultVpcOf(records, accountId)) throw defaultVpcExists();
    const settings = await records.accountSettings.get(accountId);
    await records.accountSettings.put({ ...settings, accountId, hasNoDefaultVpc: false });
    return { Vpc: presentVpc(await defaultNetwork(records, accountId, zones, context.newId), {}) };
  });
});
