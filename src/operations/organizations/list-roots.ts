import { rootOf } from '../../domain/organization-tree.ts';
import { operation } from './operation.ts';
import { managedOrganization } from './organization.ts';
import { presentParent } from './present.ts';

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListRoots.html */
export const listRoots = operation('ListRoots', async (_input, context) => {
  const organization = managedOrganization(context);
  return { Roots: [{ ...presentParent(context, organization, rootOf(organization).id), PolicyTypes: [] }] };
});
