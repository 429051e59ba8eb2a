import { operation } from './operation.ts';
import { managedOrganization, parentNamed } from './organization.ts';
import { organizationsPage } from './paging.ts';
import { presentParent } from './present.ts';

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListOrganizationalUnitsForParent.html */
export const listOrganizationalUnitsForParent = operation(
  'ListOrganizationalUnitsForParent',
  async (input, context) => {
    const organization = managedOrganization(context);
    const { id, units } = parentNamed(organization, input.ParentId);
    const listing = `ListOrganizationalUnitsForParent ${id}`;
    const { items, NextToken } = organizationsPage(units, unit => unit.id, input, listing);
    return {
      OrganizationalUnits: items.map(unit => presentParent(context, organization, unit.id)),
      NextToken,
    };
  },
);
