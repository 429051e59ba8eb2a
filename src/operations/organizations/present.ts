import type { Organization } from '../../domain/organizations.ts';
import { partitionOf } from '../../domain/partition.ts';
import type { Context } from '../context.ts';
import type { DescribedOrganization, DescribedUnit, MemberAccount } from './actions.ts';

const arn = (context: Context, { managementAccountId }: Organization, resource: string) =>
  `arn:${partitionOf(context.region.name)}:organizations::${managementAccountId}:${resource}`;

export function presentOrganization(context: Context, organization: Organization): DescribedOrganization {
  const { id, managementAccountId } = organization;
  return {
    Id: id,
    Arn: arn(context, organization, `organization/${id}`),
    FeatureSet: 'ALL',
    MasterAccountArn: arn(context, organization, `account/${id}/${managementAccountId}`),
    MasterAccountId: managementAccountId,
  };
}

/** The root, or a unit; the file gives no names, so that ids are. */
export function presentParent(context: Context, organization: Organization, id: string): DescribedUnit {
  const isRoot = id.startsWith('r-');
  const resource = `${isRoot ? 'root' : 'ou'}/${organization.id}/${id}`;
  return { Id: id, Arn: arn(context, organization, resource), Name: isRoot ? 'Root' : id };
}

export async function presentAccount(
  context: Context,
  organization: Organization,
  accountId: string,
): Promise<MemberAccount> {
  return {
    Id: accountId,
    Arn: arn(context, organization, `account/${organization.id}/${accountId}`),
    Name: (await context.accounts.get(accountId))?.name,
    Status: 'ACTIVE',
    State: 'ACTIVE',
    JoinedMethod: 'CREATED',
  };
}

export const kindOf = (id: string) =>
  /^\d/.test(id) ? 'ACCOUNT' : id.startsWith('r-') ? 'ROOT' : 'ORGANIZATIONAL_UNIT';
