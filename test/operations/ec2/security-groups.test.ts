import type {
  AuthorizeSecurityGroupIngressResult,
  CreateSecurityGroupResult,
  DescribeSecurityGroupsResult,
  RevokeSecurityGroupIngressResult,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { authorizeSecurityGroupEgress } from '../../../src/operations/ec2/authorize-security-group-egress.ts';
import { authorizeSecurityGroupIngress } from '../../../src/operations/ec2/authorize-security-group-ingress.ts';
import { createSecurityGroup } from '../../../src/operations/ec2/create-security-group.ts';
import { deleteSecurityGroup } from '../../../src/operations/ec2/delete-security-group.ts';
import { describeSecurityGroups } from '../../../src/operations/ec2/describe-security-groups.ts';
import { revokeSecurityGroupEgress } from '../../../src/operations/ec2/revoke-security-group-egress.ts';
import { revokeSecurityGroupIngress } from '../../../src/operations/ec2/revoke-security-group-ingress.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';
import { change, launch, putImage, refusal } from './launch-fixtures.ts';

let region: TestRegion;
beforeEach(() => {
  region = testRegion();
});

async function create(GroupName: string): Promise<string> {
  const answer = await region.call<CreateSecurityGroupResult>(createSecurityGroup, {
    GroupName,
    Description: 'for a test',
    VpcId: '',
  });
  return answer.GroupId!;
}
async function groups(input: object = {}, accountId?: string) {
  const answer = await region.call<DescribeSecurityGroupsResult>(describeSecurityGroups, input, accountId);
  return answer.SecurityGroups!;
}
const tcp = (port: number, CidrIp = '0.0.0.0/0', Description?: string) => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  IpRanges: [{ CidrIp, Description }],
});

describe('the default group', () => {
  test('exists before anything was created, allows its members in and everything out', async () => {
    const [group] = await groups();
    expect(group).toMatchObject({
      GroupName: 'default',
      Description: 'default VPC security group',
      OwnerId: owner,
      IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: group!.GroupId, UserId: owner }] }],
      IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    });
    expect(group!.IpPermissions![0]!.FromPort).toBeUndefined();
    expect(await groups()).toHaveLength(1);
  });

  test('cannot be deleted', async () => {
    const [group] = await groups();
    await refusal(
      region,
      deleteSecurityGroup,
      { GroupId: group!.GroupId },
      {
        code: 'CannotDelete',
        message: `the specified group: "${group!.GroupId}" name: "default" cannot be deleted by a user`,
      },
    );
  });
});

describe('CreateSecurityGroup', () => {
  test('takes an empty VpcId for the default VPC and allows everything out', async () => {
    const id = await create('packer');
    const [group] = await groups({ GroupIds: [id] });
    expect(group).toMatchObject({
      GroupName: 'packer',
      IpPermissions: [],
      IpPermissionsEgress: [{ IpProtocol: '-1' }],
      SecurityGroupArn: `arn:aws:ec2:us-east-1:${owner}:security-group/${id}`,
    });
  });

  test('refuses a name that is taken, reserved, or looks like an id', async () => {
    const id = await create('web');
    const [group] = await groups({ GroupIds: [id] });
    const call = (GroupName: string | undefined) => ({ GroupName, Description: 'x' });
    await refusal(region, createSecurityGroup, call('web'), {
      code: 'InvalidGroup.Duplicate',
      message: `The security group 'web' already exists for VPC '${group!.VpcId}'`,
    });
    await refusal(region, createSecurityGroup, call('default'), {
      code: 'InvalidParameterValue',
      message: 'Cannot use reserved security group name: default',
    });
    await refusal(region, createSecurityGroup, call('sg-1'), {
      code: 'InvalidParameterValue',
      message: "Invalid value 'sg-1' for groupName. Group names may not be in the format sg-*",
    });
    await refusal(region, createSecurityGroup, call(undefined), {
      code: 'MissingParameter',
      message: 'The request must contain the parameter GroupName',
    });
    await refusal(
      region,
      createSecurityGroup,
      { ...call('x'), VpcId: 'vpc-0000000000000dead' },
      { code: 'InvalidVpcID.NotFound', message: "The vpc ID 'vpc-0000000000000dead' does not exist" },
    );
  });
});

describe('DescribeSecurityGroups', () => {
  test('filters by rule, and finds by name', async () => {
    const id = await create('web');
    await region.call(authorizeSecurityGroupIngress, { GroupId: id, IpPermissions: [tcp(22)] });
    const found = async (Name: string, value: string) =>
      (await groups({ Filters: [{ Name, Values: [value] }] })).map(group => group.GroupName);
    expect(await found('ip-permission.from-port', '22')).toEqual(['web']);
    expect(await found('ip-permission.group-name', 'default')).toEqual(['default']);
    expect((await found('egress.ip-permission.cidr', '0.0.0.0/0')).sort()).toEqual(['default', 'web']);
    expect(await groups({ GroupNames: ['web'] })).toHaveLength(1);
  });

  test('does not show the groups of another account', async () => {
    const id = await create('web');
    await refusal(
      region,
      describeSecurityGroups,
      { GroupIds: [id] },
      { code: 'InvalidGroup.NotFound', message: `The security group '${id}' does not exist` },
      stranger,
    );
    expect((await groups({}, stranger)).map(group => group.GroupName)).toEqual(['default']);
  });
});

describe('AuthorizeSecurityGroupIngress', () => {
  test('adds each peer of each permission as a rule, with its description and canonical CIDR', async () => {
    const id = await create('web');
    const answer = await region.call<AuthorizeSecurityGroupIngressResult>(authorizeSecurityGroupIngress, {
      GroupId: id,
      IpPermissions: [
        { ...tcp(22, '10.1.2.3/8', 'ssh'), UserIdGroupPairs: [{ GroupName: 'default' }] },
        { IpProtocol: '17', FromPort: 53, ToPort: 60, Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
        { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
      ],
    });
    expect(answer.Return).toBe(true);
    expect(answer.SecurityGroupRules).toMatchObject([
      { IsEgress: false, IpProtocol: 'tcp', FromPort: 22, CidrIpv4: '10.0.0.0/8', Description: 'ssh' },
      { IpProtocol: 'tcp', ReferencedGroupInfo: { UserId: owner } },
      { IpProtocol: 'udp', FromPort: 53, ToPort: 60, CidrIpv6: '::/0' },
      { IpProtocol: 'icmp', FromPort: 8, ToPort: -1 },
    ]);
    const [group] = await groups({ GroupIds: [id] });
    expect(group!.IpPermissions).toHaveLength(3);
  });

  test('takes the single rule of older clients, by group name too', async () => {
    await create('web');
    await region.call(authorizeSecurityGroupIngress, {
      GroupName: 'web',
      IpProtocol: 'tcp',
      FromPort: 80,
      ToPort: 80,
      CidrIp: '0.0.0.0/0',
    });
    const [group] = await groups({ GroupNames: ['web'] });
    expect(group!.IpPermissions).toMatchObject([{ FromPort: 80, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]);
  });

  test('refuses a rule that is there, whatever its description', async () => {
    const id = await create('web');
    await region.call(authorizeSecurityGroupIngress, { GroupId: id, IpPermissions: [tcp(22)] });
    await refusal(
      region,
      authorizeSecurityGroupIngress,
      { GroupId: id, IpPermissions: [tcp(22, '0.0.0.0/0', 'again')] },
      {
        code: 'InvalidPermission.Duplicate',
        message:
          'the specified rule "peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW" already exists',
      },
    );
  });

  const many = { ...tcp(1), IpRanges: Array.from({ length: 61 }, (_, i) => ({ CidrIp: `10.0.0.${i}/32` })) };
  test.each([
    [{ IpPermissions: [] }, 'MissingParameter', undefined],
    [
      { IpPermissions: [{ IpProtocol: 'foo', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] },
      'InvalidParameterValue',
      "Invalid value 'foo' for IP protocol. Unknown protocol.",
    ],
    [
      { IpPermissions: [{ IpProtocol: '50', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] },
      'UnsupportedOperation',
      undefined,
    ],
    [
      { IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] },
      'InvalidParameterValue',
      "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
    ],
    [
      { IpPermissions: [{ ...tcp(22), ToPort: 21 }] },
      'InvalidParameterValue',
      'Invalid TCP/UDP port range (22:21)',
    ],
    [
      { IpPermissions: [tcp(22, '10.0.0.0/33')] },
      'InvalidParameterValue',
      'CIDR block 10.0.0.0/33 is malformed',
    ],
    [
      { IpPermissions: [tcp(22), tcp(22)] },
      'InvalidParameterValue',
      'The same permission must not appear multiple times',
    ],
    [
      { IpPermissions: [{ ...tcp(22), PrefixListIds: [{ PrefixListId: 'pl-1' }] }] },
      'UnsupportedOperation',
      'The parameter PrefixListIds is not supported.',
    ],
    [
      { IpPermissions: [{ ...tcp(22), UserIdGroupPairs: [{ GroupId: 'sg-0000000000000dead' }] }] },
      'InvalidGroup.NotFound',
      "The security group 'sg-0000000000000dead' does not exist",
    ],
    [
      { IpPermissions: [many] },
      'RulesPerSecurityGroupLimitExceeded',
      'The maximum number of rules per security group has been reached.',
    ],
  ])('refuses %j', async (input, code, message) => {
    const id = await create('web');
    await refusal(
      region,
      authorizeSecurityGroupIngress,
      { GroupId: id, ...input },
      { code, ...(message && { message }) },
    );
    expect((await groups({ GroupIds: [id] }))[0]!.IpPermissions).toEqual([]);
  });

  test('has the network follow where a guest runs, and only there', async () => {
    const id = await create('web');
    await region.call(authorizeSecurityGroupIngress, { GroupId: id, IpPermissions: [tcp(22)] });
    expect(region.jobs).toEqual([]);
    await putImage(region);
    const [instance] = await launch(region);
    region.jobs.length = 0;
    await region.call(revokeSecurityGroupIngress, { GroupId: id, IpPermissions: [tcp(22)] });
    expect(region.jobs).toEqual([
      { kind: 'apply-vpc', subject: instance!.VpcId, input: { vpcId: instance!.VpcId } },
    ]);
  });
});

describe('revoking', () => {
  test('takes rules away by what they say or by id', async () => {
    const id = await create('web');
    const added = await region.call<AuthorizeSecurityGroupIngressResult>(authorizeSecurityGroupIngress, {
      GroupId: id,
      IpPermissions: [tcp(22), tcp(80)],
    });
    const byRule = await region.call<RevokeSecurityGroupIngressResult>(revokeSecurityGroupIngress, {
      GroupId: id,
      IpPermissions: [tcp(22)],
    });
    expect(byRule).toMatchObject({
      Return: true,
      RevokedSecurityGroupRules: [{ FromPort: 22, GroupId: id }],
    });
    await region.call(revokeSecurityGroupIngress, {
      GroupId: id,
      SecurityGroupRuleIds: [added.SecurityGroupRules![1]!.SecurityGroupRuleId],
    });
    expect((await groups({ GroupIds: [id] }))[0]!.IpPermissions).toEqual([]);
  });

  test('a rule that is not there is an error', async () => {
    const id = await create('web');
    await refusal(
      region,
      revokeSecurityGroupIngress,
      { GroupId: id, IpPermissions: [tcp(22)] },
      {
        code: 'InvalidPermission.NotFound',
        message: 'The specified rule does not exist in this security group.',
      },
    );
    await refusal(
      region,
      revokeSecurityGroupIngress,
      { GroupId: id, SecurityGroupRuleIds: ['sgr-0000000000000dead'] },
      { code: 'InvalidSecurityGroupRuleId.NotFound' },
    );
  });

  test('works on egress alike, as Terraform does with the rule a new group has', async () => {
    const id = await create('web');
    const everything = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    await region.call(revokeSecurityGroupEgress, { GroupId: id, IpPermissions: [everything] });
    await region.call(authorizeSecurityGroupEgress, { GroupId: id, IpPermissions: [tcp(443)] });
    expect((await groups({ GroupIds: [id] }))[0]!.IpPermissionsEgress).toMatchObject([
      { IpProtocol: 'tcp', FromPort: 443 },
    ]);
    await refusal(
      region,
      authorizeSecurityGroupEgress,
      { GroupId: id, IpPermissions: [everything, everything] },
      { code: 'InvalidParameterValue' },
    );
  });
});

describe('DeleteSecurityGroup', () => {
  test('forgets a group nobody uses', async () => {
    const id = await create('web');
    expect(await region.call(deleteSecurityGroup, { GroupName: 'web' })).toEqual({
      Return: true,
      GroupId: id,
    });
    await refusal(
      region,
      deleteSecurityGroup,
      { GroupId: id },
      { code: 'InvalidGroup.NotFound', message: `The security group '${id}' does not exist` },
    );
    await refusal(region, deleteSecurityGroup, {}, { code: 'MissingParameter' });
  });

  test('is refused while an instance or another group refers to it', async () => {
    await putImage(region);
    const id = await create('web');
    const inUse = { code: 'DependencyViolation', message: `resource ${id} has a dependent object` };
    const [instance] = await launch(region, { SecurityGroupIds: [id] });
    await refusal(region, deleteSecurityGroup, { GroupId: id }, inUse);
    await change(region, instance!.InstanceId!, { state: 'terminated' });
    const other = await create('other');
    const permission = { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: id }] };
    await region.call(authorizeSecurityGroupIngress, { GroupId: other, IpPermissions: [permission] });
    await refusal(region, deleteSecurityGroup, { GroupId: id }, inUse);
    await region.call(revokeSecurityGroupIngress, { GroupId: other, IpPermissions: [permission] });
    await region.call(deleteSecurityGroup, { GroupId: id });
  });
});
