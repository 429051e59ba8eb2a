import { organizationOf, type Parent, parentsIn } from '../../domain/organization-tree.ts';
import type { Organization } from '../../domain/organizations.ts';
import {
  notInOrganization,
  organizationsAccessDenied,
  parentNotFound,
} from '../../domain/organizations-errors.ts';
import type { Context } from '../context.ts';

/** The caller's organisation. @throws AWSOrganizationsNotInUseException */
export function ownOrganization({ caller, organizations }: Context): Organization {
  const organization = organizationOf(organizations, caller.accountId);
  if (!organization) throw notInOrganization();
  return organization;
}

/** As `ownOrganization`, for what the management account alone may ask. @throws AccessDeniedException */
export function managedOrganization(context: Context): Organization {
  const organization = ownOrganization(context);
  if (organization.managementAccountId !== context.caller.accountId) throw organizationsAccessDenied();
  return organization;
}

/** The root or unit of that id. @throws ParentNotFoundException */
export function parentNamed(organization: Organization, parentId: string): Parent {
  const parent = parentsIn(organization).find(({ id }) => id === parentId);
  if (!parent) throw parentNotFound();
  return parent;
}
