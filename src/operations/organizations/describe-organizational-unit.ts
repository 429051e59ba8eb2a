import { parentsIn } from '../../domain/organization-tree.ts';
import { unitNotFound } from '../../domain/organizations-errors.ts';
import { operation } from './operation.ts';
import { managedOrganization } from './organization.ts';
import { presentParent } from './present.ts';

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganizationalUnit.html */
export const describeOrganizationalUnit = operation('DescribeOrganizationalUnit', async (input, context) => {
  const organization = managedOrganization(context);
  const [, ...units] = parentsIn(organization);
  const unit = units.find(({ id }) => id === input.OrganizationalUnitId);
  if (!unit) throw unitNotFound();
  return { OrganizationalUnit: presentParent(context, organization, unit.id) };
});
