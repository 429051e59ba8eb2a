import { accountsIn } from '../../domain/organization-tree.ts';
import { accountNotInOrganization } from '../../domain/organizations-errors.ts';
import { operation } from './operation.ts';
import { managedOrganization } from './organization.ts';
import { presentAccount } from './present.ts';

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeAccount.html */
export const describeAccount = operation('DescribeAccount', async ({ AccountId }, context) => {
  const organization = managedOrganization(context);
  if (!accountsIn(organization).includes(AccountId)) throw accountNotInOrganization();
  return { Account: await presentAccount(context, organization, AccountId) };
});
