import { describe, expect, it } from 'vitest';
import type { Organization } from '../../src/domain/organizations.ts';
import type { Context } from '../../src/operations/context.ts';
import { options, send, signer, unsigned, useToyEdge } from './toy-edge.ts';

const own = '111122223333';
const others = Array.from({ length: 25 }, (_, index) => String(200_000_000_000 + index));
const units = [{ id: 'ou-ab12-11111111', accountIds: others.slice(1), units: [] }];
const managed: Organization = {
  ...{ id: 'o-abcdefghij', managementAccountId: own, accountIds: [others[0]!], units },
};
let organizations = [managed];
const toyContext = options.contextFor;
Object.assign(options, {
  contextFor: (...args: Parameters<typeof toyContext>) => {
    const context = toyContext(...args);
    const accounts = { get: async (accountId: string) => ({ accountId, name: `name of ${accountId}` }) };
    return context && ({ ...context, accounts, organizations } as unknown as Context);
  },
});
useToyEdge();

/** Calls an action as the AWS tools do. */
async function call(action: string, input: object = {}) {
  const text = JSON.stringify(input);
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `AWSOrganizationsV20161128.${action}`,
  };
  const signed = await signer('organizations').sign({ ...unsigned('POST', '/', headers), body: text });
  const { status, text: answer } = await send('POST', '/', signed.headers, Buffer.from(text));
  return { status, json: JSON.parse(answer) };
}

const prefix = `arn:aws:organizations::${own}`;
const account = (id: string) => ({
  ...{ Id: id, Arn: `${prefix}:account/o-abcdefghij/${id}`, Name: `name of ${id}` },
  ...{ Status: 'ACTIVE', State: 'ACTIVE', JoinedMethod: 'CREATED' },
});
const unit = {
  Id: 'ou-ab12-11111111',
  Arn: `${prefix}:ou/o-abcdefghij/ou-ab12-11111111`,
  Name: 'ou-ab12-11111111',
};

describe('Organizations', () => {
  it.each([
    [
      'DescribeOrganization',
      {},
      {
        Organization: {
          ...{ Id: 'o-abcdefghij', Arn: `${prefix}:organization/o-abcdefghij`, FeatureSet: 'ALL' },
          ...{ MasterAccountId: own, MasterAccountArn: `${prefix}:account/o-abcdefghij/${own}` },
        },
      },
    ],
    ['DescribeAccount', { AccountId: others[3] }, { Account: account(others[3]!) }],
    ['DescribeOrganizationalUnit', { OrganizationalUnitId: unit.Id }, { OrganizationalUnit: unit }],
    [
      'ListRoots',
      {},
      { Roots: [{ Id: 'r-ab12', Arn: `${prefix}:root/o-abcdefghij/r-ab12`, Name: 'Root', PolicyTypes: [] }] },
    ],
    ['ListAccountsForParent', { ParentId: 'r-ab12' }, { Accounts: [account(own), account(others[0]!)] }],
    ['ListOrganizationalUnitsForParent', { ParentId: 'r-ab12' }, { OrganizationalUnits: [unit] }],
    [
      'ListChildren',
      { ParentId: 'r-ab12', ChildType: 'ORGANIZATIONAL_UNIT' },
      { Children: [{ Id: unit.Id, Type: 'ORGANIZATIONAL_UNIT' }] },
    ],
    ['ListParents', { ChildId: others[5] }, { Parents: [{ Id: unit.Id, Type: 'ORGANIZATIONAL_UNIT' }] }],
    ['ListParents', { ChildId: own }, { Parents: [{ Id: 'r-ab12', Type: 'ROOT' }] }],
  ])('%s of %j', async (action, input, json) => {
    organizations = [managed];
    expect(await call(action, input)).toEqual({ status: 200, json });
  });

  it('lists accounts page by page', async () => {
    organizations = [managed];
    const first = (await call('ListAccounts')).json;
    expect(first.Accounts).toHaveLength(20);
    const second = (await call('ListAccounts', { NextToken: first.NextToken })).json;
    expect(second.NextToken).toBeUndefined();
    expect([...first.Accounts, ...second.Accounts]).toEqual([own, ...others].map(account));
    expect((await call('ListAccounts', { NextToken: 'x' })).json.__type).toBe('InvalidInputException');
  });

  it.each([
    ['DescribeOrganization', {}, [], 'AWSOrganizationsNotInUseException'],
    ['ListAccounts', { MaxResults: 21 }, [managed], 'InvalidInputException'],
    ['DescribeAccount', { AccountId: '999999999999' }, [managed], 'AccountNotFoundException'],
    [
      'DescribeOrganizationalUnit',
      { OrganizationalUnitId: 'r-ab12' },
      [managed],
      'OrganizationalUnitNotFoundException',
    ],
    ['ListChildren', { ParentId: 'r-none', ChildType: 'ACCOUNT' }, [managed], 'ParentNotFoundException'],
    ['ListChildren', { ParentId: 'r-ab12', ChildType: 'DOG' }, [managed], 'InvalidInputException'],
    ['ListParents', { ChildId: 'r-ab12' }, [managed], 'ChildNotFoundException'],
    ['CreateAccount', {}, [managed], 'UnknownOperationException'],
  ])('refuses %s of %j', async (action, input, there, code) => {
    organizations = there;
    expect(await call(action, input)).toMatchObject({
      status: 400,
      json: { __type: code, message: expect.any(String) },
    });
  });

  it('tells members which organization they are in, and no more', async () => {
    organizations = [{ ...managed, managementAccountId: others[0]!, accountIds: [own], units: [] }];
    expect((await call('DescribeOrganization')).json.Organization.MasterAccountId).toBe(others[0]);
    for (const action of ['ListAccounts', 'ListRoots'])
      expect((await call(action)).json.__type).toBe('AccessDeniedException');
  });
});
