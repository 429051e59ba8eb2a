import { invalidOrganizationsInput } from '../../domain/organizations-errors.ts';
import { operation } from './operation.ts';
import { managedOrganization, parentNamed } from './organization.ts';
import { organizationsPage } from './paging.ts';
import { kindOf } from './present.ts';

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListChildren.html */
export const listChildren = operation('ListChildren', async (input, context) => {
  if (!['ACCOUNT', 'ORGANIZATIONAL_UNIT'].includes(input.ChildType))
    throw invalidOrganizationsInput('ChildType must be ACCOUNT or ORGANIZATIONAL_UNIT.');
  const { id, accountIds, units } = parentNamed(managedOrganization(context), input.ParentId);
  const children = input.ChildType === 'ACCOUNT' ? accountIds : units.map(unit => unit.id);
  const listing = `ListChildren ${id} ${input.ChildType}`;
  const { items, NextToken } = organizationsPage(children, child => child, input, listing);
  return { Children: items.map(child => ({ Id: child, Type: kindOf(child) })), NextToken };
});
