/** Where accounts and units stand in an organisation. */
import type { Organization, OrganizationalUnit } from './organizations.ts';

/** The root, or a unit: what accounts and units are directly under. */
export interface Parent {
  id: string;
  accountIds: readonly string[];
  units: readonly OrganizationalUnit[];
}

/** Units are named after their root: `ou-ab12-…` is under `r-ab12`. Without units, the root is named after the organisation. */
export function rootOf({ id, managementAccountId, accountIds, units }: Organization): Parent {
  const name = units[0]?.id.split('-')[1] ?? id.slice(2, 6);
  const inUnit = units.some(unit =>
    unitsUnder(unit).some(each => each.accountIds.includes(managementAccountId)),
  );
  const others = accountIds.filter(accountId => accountId !== managementAccountId);
  return { id: `r-${name}`, accountIds: inUnit ? others : [managementAccountId, ...others], units };
}

/** The root first, then every unit, outer ones before those in them. */
export function parentsIn(organization: Organization): Parent[] {
  return [rootOf(organization), ...organization.units.flatMap(unitsUnder)];
}

/** A unit and all units in it. */
function unitsUnder(unit: OrganizationalUnit): OrganizationalUnit[] {
  return [unit, ...unit.units.flatMap(unitsUnder)];
}

export function accountsIn(organization: Organization): string[] {
  return parentsIn(organization).flatMap(({ accountIds }) => accountIds);
}

/** What an account or a unit stands directly under. */
export function parentOf(organization: Organization, childId: string): Parent | undefined {
  return parentsIn(organization).find(
    ({ accountIds, units }) => accountIds.includes(childId) || units.some(unit => unit.id === childId),
  );
}

export function organizationOf(
  organizations: readonly Organization[],
  accountId: string,
): Organization | undefined {
  return organizations.find(organization => accountsIn(organization).includes(accountId));
}
