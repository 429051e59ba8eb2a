import type {
  AuthorizeSecurityGroupIngressResult,
  DescribeSecurityGroupRulesResult,
  GetSecurityGroupsForVpcResult,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { authorizeSecurityGroupIngress } from '../../../src/operations/ec2/authorize-security-group-ingress.ts';
import { createSecurityGroup } from '../../../src/operations/ec2/create-security-group.ts';
import { describeSecurityGroupReferences } from '../../../src/operations/ec2/describe-security-group-references.ts';
import { describeSecurityGroupRules } from '../../../src/operations/ec2/describe-security-group-rules.ts';
import { describeSecurityGroups } from '../../../src/operations/ec2/describe-security-groups.ts';
import { getSecurityGroupsForVpc } from '../../../src/operations/ec2/get-security-groups-for-vpc.ts';
import { modifySecurityGroupRules } from '../../../src/operations/ec2/modify-security-group-rules.ts';
import { updateSecurityGroupRuleDescriptionsEgress } from '../../../src/operations/ec2/update-security-group-rule-descriptions-egress.ts';
import { updateSecurityGroupRuleDescriptionsIngress } from '../../../src/operations/ec2/update-security-group-rule-descriptions-ingress.ts';
import { stranger, type TestRegion, testRegion } from '../region.ts';
import { instanceIn, putImage, refusal } from './launch-fixtures.ts';
import { filter, newVpc } from './network-fixtures.ts';

let region: TestRegion;
let GroupId: string;
/** Of SSH from anywhere. */
let ssh: string;
beforeEach(async () => {
  region = testRegion();
  GroupId = await group('web');
  const { SecurityGroupRules } = await region.call<AuthorizeSecurityGroupIngressResult>(
    authorizeSecurityGroupIngress,
    {
      GroupId,
      IpPermissions: [permission(22, 'ssh')],
      TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'a', Value: 'b' }] }],
    },
  );
  ssh = SecurityGroupRules![0]!.SecurityGroupRuleId!;
});

const permission = (port: number, Description?: string) => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  IpRanges: [{ CidrIp: '0.0.0.0/0', Description }],
});
const rule = (port: number, more: object = {}) => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  CidrIpv4: '0.0.0.0/0',
  ...more,
});
async function group(GroupName: string, VpcId?: string): Promise<string> {
  const input = { GroupName, Description: 'for a test', VpcId };
  return (await region.call<{ GroupId: string }>(createSecurityGroup, input)).GroupId;
}
const rules = async (input: object = filter('group-id', GroupId)) =>
  (await region.call<DescribeSecurityGroupRulesResult>(describeSecurityGroupRules, input))
    .SecurityGroupRules!;
const modify = (SecurityGroupRule: object, SecurityGroupRuleId = ssh) => ({
  GroupId,
  SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule }],
});

describe('DescribeSecurityGroupRules', () => {
  test('shows the rules of all groups, of one, of one id or with a tag', async () => {
    expect(await rules({})).toHaveLength(4);
    expect((await rules()).map(one => one.IsEgress).sort()).toEqual([false, true]);
    for (const input of [{ SecurityGroupRuleIds: [ssh] }, filter('tag:a', 'b')])
      expect(await rules(input)).toMatchObject([
        { SecurityGroupRuleId: ssh, GroupId, FromPort: 22, CidrIpv4: '0.0.0.0/0', Description: 'ssh' },
      ]);
    await refusal(
      region,
      describeSecurityGroupRules,
      { SecurityGroupRuleIds: [ssh] },
      {
        code: 'InvalidSecurityGroupRuleId.NotFound',
        message: `The security group rule ID '${ssh}' does not exist`,
      },
      stranger,
    );
  });
});

describe('ModifySecurityGroupRules', () => {
  test('gives a rule another content under its id, and has running guests follow', async () => {
    await putImage(region);
    await instanceIn(region, 'running');
    await region.call(modifySecurityGroupRules, modify(rule(80, { CidrIpv4: '10.1.1.1/8' })));
    const [changed] = await rules({ SecurityGroupRuleIds: [ssh] });
    expect(changed).toMatchObject({ FromPort: 80, CidrIpv4: '10.0.0.0/8', Tags: [{ Key: 'a' }] });
    expect(changed!.Description).toBeUndefined();
    expect(region.jobs.at(-1)!.kind).toBe('apply-vpc');
    await region.call(
      modifySecurityGroupRules,
      modify({ IpProtocol: '-1', ReferencedGroupId: GroupId, Description: 'us' }),
    );
    expect(await rules({ SecurityGroupRuleIds: [ssh] })).toMatchObject([
      { IpProtocol: '-1', ReferencedGroupInfo: { GroupId }, Description: 'us' },
    ]);
  });

  test('refuses a rule there is already, that is not there, or is not one', async () => {
    await region.call(authorizeSecurityGroupIngress, { GroupId, IpPermissions: [permission(80)] });
    const other = await group('other', await newVpc(region));
    for (const [input, code, message] of [
      [
        modify(rule(80)),
        'InvalidPermission.Duplicate',
        'the specified rule "peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW" already exists',
      ],
      [
        modify(rule(80), 'sgr-0000000000000dead'),
        'InvalidSecurityGroupRuleId.NotFound',
        "The security group rule ID 'sgr-0000000000000dead' does not exist",
      ],
      [modify(rule(80, { CidrIpv6: '::/0' })), 'InvalidParameterCombination', expect.any(String)],
      [modify(rule(80, { CidrIpv4: '' })), 'MissingParameter', expect.any(String)],
      [modify({}), 'MissingParameter', 'The request must contain the parameter IpProtocol'],
      [{ GroupId, SecurityGroupRules: [] }, 'MissingParameter', expect.any(String)],
      [modify(rule(80, { PrefixListId: 'pl-1' })), 'UnsupportedOperation', expect.any(String)],
      [
        modify({ IpProtocol: '-1', ReferencedGroupId: other }),
        'InvalidGroup.NotFound',
        'You have specified two resources that belong to different networks.',
      ],
    ] as const)
      await refusal(region, modifySecurityGroupRules, input, { code, message });
  });
});

describe('UpdateSecurityGroupRuleDescriptions', () => {
  test('changes the description of rules by their content or their id, and takes it away', async () => {
    const described = async () => (await rules({ SecurityGroupRuleIds: [ssh] }))[0]!.Description;
    await region.call(updateSecurityGroupRuleDescriptionsIngress, {
      GroupId,
      IpPermissions: [permission(22, 'for us')],
    });
    expect(await described()).toBe('for us');
    const byId = (Description?: string) => ({
      GroupId,
      SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: ssh, Description }],
    });
    await region.call(updateSecurityGroupRuleDescriptionsIngress, byId('for all'));
    expect(await described()).toBe('for all');
    await region.call(updateSecurityGroupRuleDescriptionsIngress, byId());
    expect(await described()).toBeUndefined();
    await refusal(region, updateSecurityGroupRuleDescriptionsEgress, byId('x'), {
      code: 'InvalidSecurityGroupRuleId.NotFound',
    });
    await refusal(
      region,
      updateSecurityGroupRuleDescriptionsIngress,
      { GroupId, IpPermissions: [permission(23)] },
      { code: 'InvalidPermission.NotFound' },
    );
    await refusal(
      region,
      updateSecurityGroupRuleDescriptionsIngress,
      { GroupId },
      { code: 'MissingParameter' },
    );
  });
});

describe('groups of several VPCs', () => {
  test('are told apart by GetSecurityGroupsForVpc, and names are of the default VPC', async () => {
    const VpcId = await newVpc(region);
    const other = await group('other', VpcId);
    const shown = async (input: object) =>
      (await region.call<GetSecurityGroupsForVpcResult>(getSecurityGroupsForVpc, { VpcId, ...input }))
        .SecurityGroupForVpcs!;
    expect((await shown({})).map(one => one.GroupName).sort()).toEqual(['default', 'other']);
    expect(await shown(filter('group-name', 'other'))).toMatchObject([
      { GroupId: other, PrimaryVpcId: VpcId, Tags: [] },
    ]);
    await refusal(
      region,
      describeSecurityGroups,
      { GroupNames: ['other'] },
      { code: 'InvalidGroup.NotFound' },
    );
    await group('web', VpcId);
    await refusal(
      region,
      authorizeSecurityGroupIngress,
      {
        GroupId,
        IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: other }] }],
      },
      {
        code: 'InvalidGroup.NotFound',
        message: 'You have specified two resources that belong to different networks.',
      },
    );
    expect(await region.call(describeSecurityGroupReferences, { GroupId: [GroupId] })).toEqual({
      SecurityGroupReferenceSet: [],
    });
  });
});
