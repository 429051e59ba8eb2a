import { describe, expect, test } from 'vitest';
import { membershipsIn } from '../../src/domain/organizations.ts';
import { parseOrganizations } from '../../src/domain/parse-organizations.ts';

const [boss, worker, builder] = ['111111111111', '222222222222', '333333333333'] as const;
const organization = { id: 'o-abcdefghij', managementAccountId: boss };
const arn = (rest: string, partition = 'aws') => `arn:${partition}:organizations::${boss}:${rest}`;

describe('organisations', () => {
  test('say of an account which organisation and which units it is in', () => {
    const memberships = membershipsIn(
      parseOrganizations({
        organizations: [
          {
            ...organization,
            accountIds: [worker],
            units: [
              {
                id: 'ou-ab12-11111111',
                units: [{ id: 'ou-ab12-22222222', accountIds: [builder] }],
              },
            ],
          },
        ],
      }),
    );
    expect(memberships(boss, 'aws')).toEqual([arn('organization/o-abcdefghij')]);
    expect(memberships(worker, 'aws-cn')).toEqual([arn('organization/o-abcdefghij', 'aws-cn')]);
    expect(memberships(builder, 'aws')).toEqual([
      arn('organization/o-abcdefghij'),
      arn('ou/o-abcdefghij/ou-ab12-11111111'),
      arn('ou/o-abcdefghij/ou-ab12-22222222'),
    ]);
    expect(memberships('444444444444', 'aws')).toEqual([]);
  });

  test('have an account in one place only, also the one that manages them', () => {
    const unit = (id: string, ...accountIds: string[]) => ({ id, accountIds, units: [] });
    const place = { ...organization, accountIds: [worker] };
    const twice = [unit('ou-ab12-11111111', worker)];
    expect(() => membershipsIn([{ ...place, units: twice }])).toThrow(`Account ${worker} is named twice`);
    const same = [unit('ou-ab12-11111111'), unit('ou-ab12-11111111')];
    expect(() => membershipsIn([{ ...place, units: same }])).toThrow('Unit ou-ab12-11111111 is named twice');
    const managing = membershipsIn([{ ...place, units: [unit('ou-ab12-11111111', boss)] }]);
    expect(managing(boss, 'aws')).toHaveLength(2);
  });

  const deep = (levels: number): object => ({
    id: 'ou-ab12-11111111',
    ...(levels > 1 && { units: [deep(levels - 1)] }),
  });
  test.each([
    ['a list', [], 'the file: expected an object'],
    ['no list', { organizations: {} }, 'organizations: expected a list'],
    [
      'a short id',
      { organizations: [{ ...organization, id: 'o-1' }] },
      'organizations[0].id: expected o- and 10 to 32 letters or digits',
    ],
    [
      'an account that is a number',
      { organizations: [{ ...organization, accountIds: [222222222222] }] },
      'organizations[0].accountIds[0]: expected the 12 digits of an account, as a string',
    ],
    [
      'a unit without an id',
      { organizations: [{ ...organization, units: [{}] }] },
      'organizations[0].units[0].id: expected an id such as ou-ab12-11111111',
    ],
    ['six levels', { organizations: [{ ...organization, units: [deep(6)] }] }, 'at most 5 levels of units'],
  ])('are not read from %s', (_what, value, message) => {
    expect(() => parseOrganizations(value)).toThrow(message);
  });
});
