import type { CreateSecurityGroupResult, DescribeNetworkInterfacesResult } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { networkInterfaceFilters } from '../../../src/domain/network-interface-filters.ts';
import { createNetworkInterface } from '../../../src/operations/ec2/create-network-interface.ts';
import { createSecurityGroup } from '../../../src/operations/ec2/create-security-group.ts';
import { deleteNetworkInterface } from '../../../src/operations/ec2/delete-network-interface.ts';
import { deleteSecurityGroup } from '../../../src/operations/ec2/delete-security-group.ts';
import { describeNetworkInterfaceAttribute } from '../../../src/operations/ec2/describe-network-interface-attribute.ts';
import { describeNetworkInterfaces } from '../../../src/operations/ec2/describe-network-interfaces.ts';
import { modifyNetworkInterfaceAttribute } from '../../../src/operations/ec2/modify-network-interface-attribute.ts';
import { resetNetworkInterfaceAttribute } from '../../../src/operations/ec2/reset-network-interface-attribute.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';
import { change, launch, putImage } from './launch-fixtures.ts';
import {
  interfaceOf,
  interfaces,
  newInterface,
  privateAddresses,
  subnets,
} from './network-interface-fixtures.ts';

let region: TestRegion;
let id: string;
beforeEach(async () => {
  region = testRegion();
  id = (await newInterface(region)).NetworkInterfaceId!;
});

async function newGroup(GroupName: string): Promise<string> {
  const input = { GroupName, Description: GroupName };
  return (await region.call<CreateSecurityGroupResult>(createSecurityGroup, input)).GroupId!;
}

describe('CreateNetworkInterface', () => {
  const create = (input: object) => newInterface(region, input);

  test('makes one that belongs to nothing, in the default group, with the first free address', async () => {
    const [subnet] = await subnets(region);
    const made = await create({
      Description: 'second',
      TagSpecifications: [{ ResourceType: 'network-interface', Tags: [{ Key: 'Name', Value: 'two' }] }],
    });
    expect(made).toMatchObject({
      NetworkInterfaceId: expect.stringMatching(/^eni-[0-9a-f]{17}$/),
      Status: 'pending',
      SubnetId: subnet!.SubnetId,
      VpcId: subnet!.VpcId,
      AvailabilityZone: 'us-east-1a',
      AvailabilityZoneId: 'use1-az1',
      OwnerId: owner,
      Description: 'second',
      MacAddress: expect.stringMatching(/^02(:[0-9a-f]{2}){5}$/),
      PrivateIpAddress: '172.31.0.5',
      PrivateDnsName: 'ip-172-31-0-5.ec2.internal',
      PrivateIpAddresses: [{ PrivateIpAddress: '172.31.0.5', Primary: true }],
      Groups: [{ GroupName: 'default' }],
      SourceDestCheck: true,
      RequesterManaged: false,
      InterfaceType: 'interface',
      TagSet: [{ Key: 'Name', Value: 'two' }],
    });
    expect(made.Attachment).toBeUndefined();
    expect(await interfaceOf(region, made.NetworkInterfaceId!)).toEqual({ ...made, Status: 'available' });
  });

  test('gives it the addresses and groups that are named, or as many as are asked for', async () => {
    const group = await newGroup('web');
    const named = await create({
      Groups: [group],
      PrivateIpAddresses: [
        { PrivateIpAddress: '172.31.0.9' },
        { PrivateIpAddress: '172.31.0.7', Primary: true },
        { PrivateIpAddress: '172.31.0.8' },
      ],
    });
    expect(privateAddresses(named)).toEqual(['172.31.0.7', '172.31.0.9', '172.31.0.8']);
    expect(named.Groups).toEqual([{ GroupId: group, GroupName: 'web' }]);
    const many = await create({ PrivateIpAddress: '172.31.0.20', SecondaryPrivateIpAddressCount: 3 });
    expect(privateAddresses(many)).toEqual(['172.31.0.20', '172.31.0.5', '172.31.0.6', '172.31.0.10']);
    const [subnet] = await subnets(region);
    expect(subnet!.AvailableIpAddressCount).toBe(4096 - 5 - 1 - 3 - 4);
  });

  test('answers a repeated request with the first answer, and another one with the same token not', async () => {
    const first = await create({ ClientToken: 'a' });
    expect((await create({ ClientToken: 'a' })).NetworkInterfaceId).toBe(first.NetworkInterfaceId);
    expect((await refusal(create({ ClientToken: 'a', Description: 'other' })))[0]).toBe(
      'IdempotentParameterMismatch',
    );
  });

  test.each([
    [{ SubnetId: 'subnet-0123456789abcdef0' }, 'InvalidSubnetID.NotFound'],
    [{ SubnetId: '' }, 'MissingParameter'],
    [{ Groups: ['sg-0123456789abcdef0'] }, 'InvalidGroup.NotFound'],
    [{ PrivateIpAddress: '172.31.0.4' }, 'InvalidIPAddress.InUse'],
    [{ PrivateIpAddress: '172.31.0.3' }, 'InvalidParameterValue'],
    [{ PrivateIpAddress: '172.31.16.9' }, 'InvalidParameterValue'],
    [{ PrivateIpAddress: 'none' }, 'InvalidParameterValue'],
    [{ SecondaryPrivateIpAddressCount: -1 }, 'InvalidParameterValue'],
    [{ SecondaryPrivateIpAddressCount: 50 }, 'PrivateIpAddressLimitExceeded'],
    [
      {
        SecondaryPrivateIpAddressCount: 1,
        PrivateIpAddresses: [{ PrivateIpAddress: '172.31.0.9', Primary: false }],
      },
      'InvalidParameterCombination',
    ],
    [
      {
        PrivateIpAddress: '172.31.0.8',
        PrivateIpAddresses: [{ PrivateIpAddress: '172.31.0.9', Primary: true }],
      },
      'InvalidParameterCombination',
    ],
    [{ Description: 'x'.repeat(256) }, 'InvalidParameterValue'],
    [{ InterfaceType: 'efa' }, 'UnsupportedOperation'],
    [{ Ipv6AddressCount: 1 }, 'UnsupportedOperation'],
    [{ TagSpecifications: [{ ResourceType: 'instance', Tags: [] }] }, 'InvalidParameterValue'],
  ])('refuses %j', async (input, code) => {
    expect((await refusal(create(input)))[0]).toBe(code);
    expect(await interfaces(region)).toHaveLength(1);
  });

  test("does not find another account's subnet, and makes nothing on a dry run", async () => {
    const [subnet] = await subnets(region);
    const input = { SubnetId: subnet!.SubnetId };
    expect((await refusal(region.call(createNetworkInterface, input, stranger)))[0]).toBe(
      'InvalidSubnetID.NotFound',
    );
    expect((await refusal(create({ DryRun: true })))[0]).toBe('DryRunOperation');
    expect(await interfaces(region)).toHaveLength(1);
  });
});

describe('DeleteNetworkInterface', () => {
  const remove = (NetworkInterfaceId: string, account?: string) =>
    region.call(deleteNetworkInterface, { NetworkInterfaceId }, account);

  test('forgets it, its tags and its addresses', async () => {
    const { NetworkInterfaceId } = await newInterface(region, {
      TagSpecifications: [{ ResourceType: 'network-interface', Tags: [{ Key: 'a', Value: 'b' }] }],
    });
    await remove(NetworkInterfaceId!);
    expect(await region.records.read.tags.list()).toEqual([]);
    expect(await refusal(interfaceOf(region, NetworkInterfaceId!))).toEqual([
      'InvalidNetworkInterfaceID.NotFound',
      `The networkInterface ID '${NetworkInterfaceId}' does not exist`,
      400,
    ]);
    expect((await newInterface(region)).PrivateIpAddress).toBe('172.31.0.5');
  });

  test("refuses one in use, another account's, and what is no id", async () => {
    await putImage(region);
    const [instance] = await launch(region);
    const used = instance!.NetworkInterfaces![0]!.NetworkInterfaceId!;
    expect(await refusal(remove(used))).toEqual([
      'InvalidParameterValue',
      `Network interface '${used}' is currently in use.`,
      400,
    ]);
    expect((await refusal(remove(id, stranger)))[0]).toBe('InvalidNetworkInterfaceID.NotFound');
    expect((await refusal(remove('eni-x')))[0]).toBe('InvalidNetworkInterfaceID.Malformed');
  });
});

describe('DescribeNetworkInterfaces', () => {
  const found = async (Name: string, ...Values: string[]) =>
    (await interfaces(region, { Filters: [{ Name, Values }] })).map(one => one.NetworkInterfaceId);

  test('knows every documented filter', () => {
    for (const name of `association.allocation-id association.association-id addresses.association.owner-id
      addresses.association.public-ip addresses.primary addresses.private-ip-address association.ip-owner-id
      association.public-ip association.public-dns-name attachment.attach-time attachment.attachment-id
      attachment.delete-on-termination attachment.device-index attachment.instance-id attachment.instance-owner-id
      attachment.status availability-zone availability-zone-id description group-id ipv6-addresses.ipv6-address
      interface-type mac-address network-interface-id operator.managed operator.principal owner-id private-dns-name
      private-ip-address requester-id requester-managed source-dest-check status subnet-id vpc-id`.split(
      /\s+/,
    ))
      expect(Object.keys(networkInterfaceFilters)).toContain(name);
  });

  test('shows those of instances beside others, and finds them by what they are and what they are attached to', async () => {
    await putImage(region);
    const [instance] = await launch(region, {
      TagSpecifications: [{ ResourceType: 'network-interface', Tags: [{ Key: 'Name', Value: 'web' }] }],
    });
    const [primary] = instance!.NetworkInterfaces!;
    const used = primary!.NetworkInterfaceId!;
    expect(await interfaceOf(region, used)).toMatchObject({
      Status: 'in-use',
      Association: { PublicIp: instance!.PublicIpAddress, IpOwnerId: 'amazon' },
      Attachment: {
        AttachmentId: primary!.Attachment!.AttachmentId,
        InstanceId: instance!.InstanceId,
        InstanceOwnerId: owner,
        DeviceIndex: 0,
        NetworkCardIndex: 0,
        DeleteOnTermination: true,
        Status: 'attaching',
        AttachTime: region.time,
      },
      TagSet: [{ Key: 'Name', Value: 'web' }],
    });
    expect(await interfaces(region)).toHaveLength(2);
    expect(await found('attachment.instance-id', instance!.InstanceId!)).toEqual([used]);
    expect(await found('attachment.attachment-id', primary!.Attachment!.AttachmentId!)).toEqual([used]);
    expect(await found('association.public-ip', instance!.PublicIpAddress!)).toEqual([used]);
    expect(await found('addresses.private-ip-address', '172.31.0.4')).toEqual([id]);
    expect(await found('status', 'available')).toEqual([id]);
    expect(await found('attachment.status', 'attaching')).toEqual([used]);
    expect(await found('tag:Name', 'w*')).toEqual([used]);
    expect(await found('subnet-id', primary!.SubnetId!)).toHaveLength(2);
    expect(await found('vpc-id', primary!.VpcId!)).toHaveLength(2);
    expect(await found('availability-zone', 'us-east-1b')).toEqual([]);
    expect(await found('group-id', instance!.SecurityGroups![0]!.GroupId!)).toHaveLength(2);
    expect((await refusal(found('colour', 'red')))[0]).toBe('InvalidParameterValue');
  });

  test('gives page after page, of the caller’s alone', async () => {
    for (let n = 0; n < 6; n++) await newInterface(region);
    const page = (input: object) =>
      region.call<DescribeNetworkInterfacesResult>(describeNetworkInterfaces, { MaxResults: 5, ...input });
    const first = await page({});
    const second = await page({ NextToken: first.NextToken });
    expect([first.NetworkInterfaces!.length, second.NetworkInterfaces!.length]).toEqual([5, 2]);
    expect(second.NextToken).toBeUndefined();
    expect(await interfaces(region, {}, stranger)).toEqual([]);
    expect((await refusal(interfaces(region, { NetworkInterfaceIds: [id] }, stranger)))[0]).toBe(
      'InvalidNetworkInterfaceID.NotFound',
    );
    expect((await refusal(page({ NetworkInterfaceIds: [id] })))[0]).toBe('InvalidParameterCombination');
    expect((await refusal(page({ MaxResults: 4 })))[0]).toBe('InvalidParameterValue');
  });
});

describe('the attributes', () => {
  const modify = (input: object, NetworkInterfaceId = id) =>
    region.call(modifyNetworkInterfaceAttribute, { NetworkInterfaceId, ...input });
  const attribute = (Attribute: string, NetworkInterfaceId = id) =>
    region.call(describeNetworkInterfaceAttribute, { NetworkInterfaceId, Attribute });

  test('can be changed and read one by one', async () => {
    const group = await newGroup('web');
    await modify({ Description: { Value: 'changed' } });
    await modify({ SourceDestCheck: { Value: false } });
    await modify({ Groups: [group] });
    await modify({ AssociatePublicIpAddress: true });
    expect(await interfaceOf(region, id)).toMatchObject({ SourceDestCheck: false, Description: 'changed' });
    const answer = { NetworkInterfaceId: id };
    expect(await attribute('description')).toEqual({ ...answer, Description: { Value: 'changed' } });
    expect(await attribute('sourceDestCheck')).toEqual({ ...answer, SourceDestCheck: { Value: false } });
    expect(await attribute('groupSet')).toEqual({
      ...answer,
      Groups: [{ GroupId: group, GroupName: 'web' }],
    });
    expect(await attribute('associatePublicIpAddress')).toEqual({
      ...answer,
      AssociatePublicIpAddress: true,
    });
    expect(await attribute('attachment')).toEqual(answer);
    await region.call(resetNetworkInterfaceAttribute, { ...answer, SourceDestCheck: 'true' });
    expect((await interfaceOf(region, id)).SourceDestCheck).toBe(true);
    expect(await refusal(region.call(deleteSecurityGroup, { GroupId: group }))).toEqual([
      'DependencyViolation',
      `resource ${group} has a dependent object`,
      400,
    ]);
  });

  test('of an attached one bring the networks of running guests up to date', async () => {
    await putImage(region);
    const [instance] = await launch(region);
    const [primary] = instance!.NetworkInterfaces!;
    const { NetworkInterfaceId, Attachment, VpcId: vpcId } = primary!;
    await change(region, instance!.InstanceId!, { state: 'running' });
    region.jobs.length = 0;
    await modify({ SourceDestCheck: { Value: false } }, NetworkInterfaceId);
    expect(region.jobs).toEqual([{ kind: 'apply-vpc', subject: vpcId, input: { vpcId } }]);
    const { AttachmentId } = Attachment!;
    await modify({ Attachment: { AttachmentId, DeleteOnTermination: false } }, NetworkInterfaceId);
    expect(await attribute('attachment', NetworkInterfaceId)).toMatchObject({
      Attachment: { AttachmentId, DeleteOnTermination: false, Status: 'attached' },
    });
  });

  test('give a running instance a public address at once, or take it away', async () => {
    await putImage(region);
    const [instance] = await launch(region);
    const { NetworkInterfaceId } = instance!.NetworkInterfaces![0]!;
    await change(region, instance!.InstanceId!, { state: 'running' });
    await modify({ AssociatePublicIpAddress: false }, NetworkInterfaceId);
    expect((await interfaceOf(region, NetworkInterfaceId!)).Association).toBeUndefined();
    await modify({ AssociatePublicIpAddress: true }, NetworkInterfaceId);
    expect((await interfaceOf(region, NetworkInterfaceId!)).Association?.PublicIp).toMatch(/^127\.77\./);
  });

  test.each([
    [{}, 'InvalidParameterCombination'],
    [{ Description: { Value: 'a' }, SourceDestCheck: { Value: false } }, 'InvalidParameterCombination'],
    [{ Groups: ['sg-0123456789abcdef0'] }, 'InvalidGroup.NotFound'],
    [{ Attachment: { DeleteOnTermination: true } }, 'MissingParameter'],
    [
      { Attachment: { AttachmentId: 'eni-attach-0123456789abcdef0', DeleteOnTermination: true } },
      'InvalidAttachmentID.NotFound',
    ],
    [{ EnaSrdSpecification: { EnaSrdEnabled: true } }, 'UnsupportedOperation'],
  ])('are not changed by %j', async (input, code) => {
    expect((await refusal(modify(input)))[0]).toBe(code);
  });

  test('that are unknown are refused', async () => {
    expect((await refusal(attribute('colour')))[0]).toBe('InvalidParameterValue');
    expect((await refusal(attribute('')))[0]).toBe('MissingParameter');
  });
});
