import { expect, test } from 'vitest';
import {
  accountsIn,
  organizationOf,
  parentOf,
  parentsIn,
  rootOf,
} from '../../src/domain/organization-tree.ts';
import type { Organization } from '../../src/domain/organizations.ts';

const [management, atRoot, inUnit, inner] = ['111122223333', '444455556666', '777788889999', '123412341234'];
const innerUnit = { id: 'ou-ab12-22222222', accountIds: [inner!], units: [] };
const unit = { id: 'ou-ab12-11111111', accountIds: [inUnit!], units: [innerUnit] };
const organization: Organization = {
  ...{ id: 'o-abcdefghij', managementAccountId: management! },
  ...{ accountIds: [atRoot!], units: [unit] },
};

test('the root is named as its units are, and has the management account unless a unit has it', () => {
  expect(rootOf(organization)).toEqual({ id: 'r-ab12', accountIds: [management, atRoot], units: [unit] });
  const moved = { ...organization, units: [{ ...unit, accountIds: [management!] }] };
  expect(rootOf(moved).accountIds).toEqual([atRoot]);
  expect(rootOf({ ...organization, accountIds: [management!], units: [] })).toEqual({
    ...{ id: 'r-abcd', accountIds: [management], units: [] },
  });
});

test('every account and every unit is found under its parent', () => {
  expect(parentsIn(organization).map(({ id }) => id)).toEqual(['r-ab12', unit.id, innerUnit.id]);
  expect(accountsIn(organization)).toEqual([management, atRoot, inUnit, inner]);
  const under = [management!, unit.id, inUnit!, innerUnit.id, inner!, 'r-ab12'].map(
    id => parentOf(organization, id)?.id,
  );
  expect(under).toEqual(['r-ab12', 'r-ab12', unit.id, unit.id, innerUnit.id, undefined]);
  expect(organizationOf([organization], inner!)).toBe(organization);
  expect(organizationOf([organization], '999999999999')).toBeUndefined();
});
