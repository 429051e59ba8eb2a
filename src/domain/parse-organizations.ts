import type { Organization, OrganizationalUnit } from './organizations.ts';

/** Where a file of organisations is not what it should be. */
export class MalformedOrganizations extends Error {
  override name = 'MalformedOrganizations';
}

const deepest = 5;

/**
 * Reads `{ "organizations": [{ "id", "managementAccountId", "accountIds", "units": [{ "id", "accountIds", "units" }] }] }`.
 * Lists may be left out.
 * @throws MalformedOrganizations naming the place
 */
export function parseOrganizations(value: unknown): Organization[] {
  return list(object(value, 'the file').organizations, 'organizations', (one, where) => {
    const { id, managementAccountId, accountIds, units } = object(one, where);
    return {
      id: matching(id, /^o-[a-z0-9]{10,32}$/, `${where}.id`, 'o- and 10 to 32 letters or digits'),
      managementAccountId: account(managementAccountId, `${where}.managementAccountId`),
      accountIds: list(accountIds, `${where}.accountIds`, account),
      units: list(units, `${where}.units`, (unit, at) => parseUnit(unit, at, 1)),
    };
  });
}

function parseUnit(value: unknown, where: string, depth: number): OrganizationalUnit {
  if (depth > deepest) throw malformed(where, `at most ${deepest} levels of units`);
  const { id, accountIds, units } = object(value, where);
  const form = /^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$/;
  return {
    id: matching(id, form, `${where}.id`, 'an id such as ou-ab12-11111111'),
    accountIds: list(accountIds, `${where}.accountIds`, account),
    units: list(units, `${where}.units`, (unit, at) => parseUnit(unit, at, depth + 1)),
  };
}

const malformed = (where: string, expected: string) =>
  new MalformedOrganizations(`${where}: expected ${expected}`);

function object(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed(where, 'an object');
  return value as Record<string, unknown>;
}

function list<Item>(value: unknown, where: string, parse: (item: unknown, where: string) => Item): Item[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw malformed(where, 'a list');
  return value.map((item, index) => parse(item, `${where}[${index}]`));
}

function matching(value: unknown, form: RegExp, where: string, expected: string): string {
  if (typeof value !== 'string' || !form.test(value)) throw malformed(where, expected);
  return value;
}

const account = (value: unknown, where: string) =>
  matching(value, /^\d{12}$/, where, 'the 12 digits of an account, as a string');
