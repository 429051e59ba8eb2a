import { parentOf } from '../../domain/organization-tree.ts';
import { childNotFound } from '../../domain/organizations-errors.ts';
import { operation } from './operation.ts';
import { managedOrganization } from './organization.ts';
import { kindOf } from './present.ts';

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListParents.html */
export const listParents = operation('ListParents', async ({ ChildId }, context) => {
  const parent = parentOf(managedOrganization(context), ChildId);
  if (!parent) throw childNotFound();
  return { Parents: [{ Id: parent.id, Type: kindOf(parent.id) }] };
});
