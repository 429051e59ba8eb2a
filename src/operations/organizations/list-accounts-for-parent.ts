import { operation } from './operation.ts';
import { managedOrganization, parentNamed } from './organization.ts';
import { organizationsPage } from './paging.ts';
import { presentAccount } from './present.ts';

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccountsForParent.html */
export const listAccountsForParent = operation('ListAccountsForParent', async (input, context) => {
  const organization = managedOrganization(context);
  const { id, accountIds } = parentNamed(organization, input.ParentId);
  const listing = `ListAccountsForParent ${id}`;
  const { items, NextToken } = organizationsPage(accountIds, accountId => accountId, input, listing);
  const accounts = items.map(accountId => presentAccount(context, organization, accountId));
  return { Accounts: await Promise.all(accounts), NextToken };
});
