/** Organisations as the cloud knows them: which accounts are in which, and in which unit of it. */
export interface Organization {
  /** `o-…` */
  id: string;
  managementAccountId: string;
  /** Accounts directly under the root; the management account is always there. */
  accountIds: readonly string[];
  units: readonly OrganizationalUnit[];
}

export interface OrganizationalUnit {
  /** `ou-…` */
  id: string;
  accountIds: readonly string[];
  units: readonly OrganizationalUnit[];
}

/** An account is in one organisation and in one place of it. */
export class ContradictoryOrganizations extends Error {
  override name = 'ContradictoryOrganizations';
}

/** Answers the ARNs of the organisation an account is in and of the units above it, outermost first. */
export type Memberships = (accountId: string, partition: string) => string[];

/** @throws ContradictoryOrganizations when an account or a unit is named twice */
export function membershipsIn(organizations: readonly Organization[]): Memberships {
  const paths = new Map<string, readonly string[]>();
  const units = new Set<string>();
  const place = (accountIds: readonly string[], path: readonly string[]) => {
    for (const accountId of accountIds) {
      if (paths.has(accountId)) throw new ContradictoryOrganizations(`Account ${accountId} is named twice`);
      paths.set(accountId, path);
    }
  };
  for (const { id, managementAccountId, accountIds, units: top } of organizations) {
    const prefix = `organizations::${managementAccountId}`;
    const organization = `${prefix}:organization/${id}`;
    const descend = (children: readonly OrganizationalUnit[], path: readonly string[]) => {
      for (const unit of children) {
        if (units.has(unit.id)) throw new ContradictoryOrganizations(`Unit ${unit.id} is named twice`);
        units.add(unit.id);
        const below = [...path, `${prefix}:ou/${id}/${unit.id}`];
        place(unit.accountIds, below);
        descend(unit.units, below);
      }
    };
    descend(top, [organization]);
    // The management account may also stand in a unit.
    const root = accountIds.filter(accountId => accountId !== managementAccountId);
    place(paths.has(managementAccountId) ? root : [...root, managementAccountId], [organization]);
  }
  return (accountId, partition) => (paths.get(accountId) ?? []).map(path => `arn:${partition}:${path}`);
}
