import { accountsIn } from '../../domain/organization-tree.ts';
import { operation } from './operation.ts';
import { managedOrganization } from './organization.ts';
import { organizationsPage } from './paging.ts';
import { presentAccount } from './present.ts';

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html */
export const listAccounts = operation('ListAccounts', async (input, context) => {
  const organization = managedOrganization(context);
  const { items, NextToken } = organizationsPage(accountsIn(organization), id => id, input, 'ListAccounts');
  const accounts = items.map(accountId => presentAccount(context, organization, accountId));
  return { Accounts: await Promise.all(accounts), NextToken };
});
