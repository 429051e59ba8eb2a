import type {
  Address,
  AllocateAddressResult,
  AssociateAddressResult,
  DescribeAddressesResult,
  DescribeInstancesResult,
  Instance,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { allocateAddress } from '../../../src/operations/ec2/allocate-address.ts';
import { assignPrivateIpAddresses } from '../../../src/operations/ec2/assign-private-ip-addresses.ts';
import { associateAddress } from '../../../src/operations/ec2/associate-address.ts';
import { attachNetworkInterface } from '../../../src/operations/ec2/attach-network-interface.ts';
import { createTags } from '../../../src/operations/ec2/create-tags.ts';
import { deleteNetworkInterface } from '../../../src/operations/ec2/delete-network-interface.ts';
import { describeAddresses } from '../../../src/operations/ec2/describe-addresses.ts';
import { describeAddressesAttribute } from '../../../src/operations/ec2/describe-addresses-attribute.ts';
import { describeInstances } from '../../../src/operations/ec2/describe-instances.ts';
import { disassociateAddress } from '../../../src/operations/ec2/disassociate-address.ts';
import { releaseAddress } from '../../../src/operations/ec2/release-address.ts';
import { startInstances } from '../../../src/operations/ec2/start-instances.ts';
import { unassignPrivateIpAddresses } from '../../../src/operations/ec2/unassign-private-ip-addresses.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';
import { change, launch, putImage } from './launch-fixtures.ts';
import { newGateway, newSubnet, newVpc } from './network-fixtures.ts';
import { interfaceOf, interfaces, newInterface } from './network-interface-fixtures.ts';

let region: TestRegion;
let instance: Instance;
let InstanceId: string;
let AllocationId: string;
let PublicIp: string;

beforeEach(async () => {
  region = testRegion();
  await putImage(region);
  instance = await running();
  InstanceId = instance.InstanceId!;
  const made = await allocate();
  AllocationId = made.AllocationId!;
  PublicIp = made.PublicIp!;
  region.jobs.length = 0;
});

async function running(): Promise<Instance> {
  const [launched] = await launch(region);
  await change(region, launched!.InstanceId!, { state: 'running' });
  return launched!;
}
const allocate = (input: object = {}, account?: string) =>
  region.call<AllocateAddressResult>(allocateAddress, input, account);
const associate = async (input: object = {}, account?: string) =>
  (await region.call<AssociateAddressResult>(associateAddress, { AllocationId, ...input }, account))
    .AssociationId!;
const disassociate = (input: object) => region.call(disassociateAddress, input);
const release = (input: object, account?: string) => region.call(releaseAddress, input, account);
async function addresses(input: object = {}, account?: string): Promise<Address[]> {
  return (await region.call<DescribeAddressesResult>(describeAddresses, input, account)).Addresses!;
}
const shown = async (id = InstanceId) =>
  (await region.call<DescribeInstancesResult>(describeInstances, { InstanceIds: [id] })).Reservations![0]!
    .Instances![0]!;

describe('AllocateAddress', () => {
  test('gives an address of the region that nobody has', async () => {
    const made = await allocate({
      Domain: 'vpc',
      TagSpecifications: [{ ResourceType: 'elastic-ip', Tags: [{ Key: 'Name', Value: 'web' }] }],
    });
    expect(made).toEqual({
      AllocationId: expect.stringMatching(/^eipalloc-[0-9a-f]{17}$/),
      PublicIp: expect.stringMatching(/^127\.77\./),
      Domain: 'vpc',
      PublicIpv4Pool: 'amazon',
      NetworkBorderGroup: 'us-east-1',
    });
    expect(new Set([made.PublicIp, PublicIp, instance.PublicIpAddress]).size).toBe(3);
    expect(await addresses({ AllocationIds: [made.AllocationId!] })).toEqual([
      { ...made, Tags: [{ Key: 'Name', Value: 'web' }] },
    ]);
  });

  test('gives the one that is named while nobody has it', async () => {
    expect((await refusal(allocate({ Address: PublicIp })))[0]).toBe('InvalidAddress.NotFound');
    expect((await refusal(allocate({ Address: instance.PublicIpAddress })))[0]).toBe(
      'InvalidAddress.NotFound',
    );
    await release({ AllocationId });
    expect((await allocate({ Address: PublicIp })).PublicIp).toBe(PublicIp);
  });

  test('gives an account five', async () => {
    for (let n = 0; n < 4; n++) await allocate();
    expect(await refusal(allocate())).toEqual([
      'AddressLimitExceeded',
      'The maximum number of addresses has been reached.',
      400,
    ]);
    await allocate({}, stranger);
  });

  test.each([
    [{ Domain: 'standard' }, 'UnsupportedOperation'],
    [{ Domain: 'moon' }, 'InvalidParameterValue'],
    [{ Address: '8.8.8.8' }, 'InvalidAddress.NotFound'],
    [{ Address: 'x' }, 'InvalidAddress.NotFound'],
    [{ PublicIpv4Pool: 'ipv4pool-ec2-1' }, 'UnsupportedOperation'],
    [{ NetworkBorderGroup: 'us-east-1-lax-1' }, 'InvalidParameterValue'],
    [{ TagSpecifications: [{ ResourceType: 'instance', Tags: [] }] }, 'InvalidParameterValue'],
    [{ DryRun: true }, 'DryRunOperation'],
  ])('refuses %j', async (input, code) => {
    expect((await refusal(allocate(input)))[0]).toBe(code);
    expect(await addresses()).toHaveLength(1);
  });
});

describe('AssociateAddress', () => {
  test('leads to an instance, in the place of the address it was leased', async () => {
    const AssociationId = await associate({ InstanceId });
    expect(AssociationId).toMatch(/^eipassoc-[0-9a-f]{17}$/);
    const now = await shown();
    expect(now.PublicIpAddress).toBe(PublicIp);
    expect(now.NetworkInterfaces![0]!.Association).toEqual({
      ...{ PublicIp, PublicDnsName: '', IpOwnerId: owner, AllocationId, AssociationId },
    });
    expect(await addresses()).toMatchObject([
      {
        ...{ AllocationId, AssociationId, InstanceId, PublicIp, NetworkInterfaceOwnerId: owner },
        NetworkInterfaceId: now.NetworkInterfaces![0]!.NetworkInterfaceId,
        PrivateIpAddress: now.PrivateIpAddress,
      },
    ]);
    const { VpcId: vpcId } = now;
    expect(region.jobs).toEqual([{ kind: 'apply-vpc', subject: vpcId, input: { vpcId } }]);
    // The leased one is anybody's again.
    expect((await allocate({ Address: instance.PublicIpAddress })).PublicIp).toBe(instance.PublicIpAddress);
  });

  test('leads to any private address of an interface, also of one that is attached to nothing', async () => {
    const { NetworkInterfaceId } = await newInterface(region);
    await region.call(assignPrivateIpAddresses, {
      NetworkInterfaceId,
      PrivateIpAddresses: ['172.31.0.50'],
    });
    await associate({ NetworkInterfaceId, PrivateIpAddress: '172.31.0.50' });
    const one = await interfaceOf(region, NetworkInterfaceId!);
    expect(one.Association).toBeUndefined();
    expect(one.PrivateIpAddresses![1]!.Association).toMatchObject({ PublicIp });
    expect(await addresses()).toMatchObject([{ PrivateIpAddress: '172.31.0.50', NetworkInterfaceId }]);
    expect((await addresses())[0]!.InstanceId).toBeUndefined();
    expect(
      await interfaces(region, {
        Filters: [{ Name: 'addresses.association.allocation-id', Values: [AllocationId] }],
      }),
    ).toHaveLength(1);
  });

  test('again changes nothing; elsewhere it moves, unless that is ruled out', async () => {
    const first = await associate({ InstanceId });
    expect(await associate({ InstanceId, AllowReassociation: false })).toBe(first);
    const other = await running();
    const there = { InstanceId: other.InstanceId };
    expect(await refusal(associate({ ...there, AllowReassociation: false }))).toEqual([
      'Resource.AlreadyAssociated',
      `resource ${AllocationId} is already associated with associate-id ${first}`,
      400,
    ]);
    const second = await associate(there);
    expect(second).not.toBe(first);
    expect((await shown(other.InstanceId)).PublicIpAddress).toBe(PublicIp);
    expect((await shown()).PublicIpAddress).not.toBe(PublicIp);
    expect(await addresses()).toMatchObject([{ AssociationId: second, InstanceId: other.InstanceId }]);
  });

  test('moves from one private address to another of the same interface', async () => {
    await associate({ InstanceId });
    const { NetworkInterfaceId } = instance.NetworkInterfaces![0]!;
    await region.call(assignPrivateIpAddresses, {
      NetworkInterfaceId,
      PrivateIpAddresses: ['172.31.0.50'],
    });
    await associate({ NetworkInterfaceId, PrivateIpAddress: '172.31.0.50' });
    const known = (await interfaceOf(region, NetworkInterfaceId!)).PrivateIpAddresses!;
    expect(known.map(address => address.Association?.PublicIp)).toEqual([
      expect.stringMatching(/^127\.77\./),
      PublicIp,
    ]);
    expect(await addresses()).toMatchObject([{ PrivateIpAddress: '172.31.0.50' }]);
  });

  test('takes the place of another Elastic IP address, which stays its owner’s', async () => {
    await associate({ InstanceId });
    const other = await allocate();
    await associate({ InstanceId, AllocationId: undefined, PublicIp: other.PublicIp });
    expect((await shown()).PublicIpAddress).toBe(other.PublicIp);
    const [before] = await addresses({ AllocationIds: [AllocationId] });
    expect(before!.AssociationId).toBeUndefined();
    await release({ AllocationId });
  });

  test('stays over stop and start, and is filtered for by the instance', async () => {
    await associate({ InstanceId });
    await change(region, InstanceId, { state: 'stopped' });
    expect((await shown()).PublicIpAddress).toBe(PublicIp);
    await region.call(startInstances, { InstanceIds: [InstanceId] });
    expect((await shown()).PublicIpAddress).toBe(PublicIp);
    const Filters = [{ Name: 'ip-address', Values: [PublicIp] }];
    expect(await region.call(describeInstances, { Filters })).toMatchObject({
      Reservations: [{ Instances: [{ InstanceId }] }],
    });
  });

  test('ends with the instance, and with its private address', async () => {
    await associate({ InstanceId });
    await change(region, InstanceId, { state: 'terminated' });
    expect((await addresses())[0]!.AssociationId).toBeUndefined();
    const { NetworkInterfaceId } = await newInterface(region);
    const PrivateIpAddresses = ['172.31.0.50'];
    await region.call(assignPrivateIpAddresses, { NetworkInterfaceId, PrivateIpAddresses });
    await associate({ NetworkInterfaceId, PrivateIpAddress: '172.31.0.50' });
    await region.call(unassignPrivateIpAddresses, { NetworkInterfaceId, PrivateIpAddresses });
    expect((await addresses())[0]!.AssociationId).toBeUndefined();
    await associate({ NetworkInterfaceId });
    await region.call(deleteNetworkInterface, { NetworkInterfaceId });
    await release({ AllocationId });
    expect(await addresses()).toEqual([]);
  });

  test('moves with a private address that is taken over by another interface', async () => {
    const [from, to] = [await newInterface(region), await newInterface(region)];
    const PrivateIpAddresses = ['172.31.0.50'];
    const assign = (NetworkInterfaceId: string | undefined) =>
      region.call(assignPrivateIpAddresses, {
        ...{ NetworkInterfaceId, PrivateIpAddresses, AllowReassignment: true },
      });
    await assign(from.NetworkInterfaceId);
    await associate({ NetworkInterfaceId: from.NetworkInterfaceId, PrivateIpAddress: '172.31.0.50' });
    await assign(to.NetworkInterfaceId);
    expect(await addresses()).toMatchObject([
      { NetworkInterfaceId: to.NetworkInterfaceId, PrivateIpAddress: '172.31.0.50' },
    ]);
  });

  test('refuses instances with several interfaces, and on their way', async () => {
    const { NetworkInterfaceId } = await newInterface(region);
    await region.call(attachNetworkInterface, { NetworkInterfaceId, InstanceId, DeviceIndex: 1 });
    expect((await refusal(associate({ InstanceId }))).slice(0, 2)).toEqual([
      'InvalidInstanceID',
      `There are multiple interfaces attached to instance '${InstanceId}'. Please specify an interface ID for the operation instead.`,
    ]);
    const [pending] = await launch(region);
    expect((await refusal(associate({ InstanceId: pending!.InstanceId }))).slice(0, 2)).toEqual([
      'InvalidInstanceID',
      `The pending instance '${pending!.InstanceId}' is not in a valid state for this operation.`,
    ]);
  });

  test.each([
    [{}, 'MissingParameter'],
    [{ InstanceId: 'i-0123456789abcdef0' }, 'InvalidInstanceID.NotFound'],
    [{ NetworkInterfaceId: 'eni-0123456789abcdef0' }, 'InvalidNetworkInterfaceID.NotFound'],
    [
      { InstanceId: 'i-0123456789abcdef0', NetworkInterfaceId: 'eni-0123456789abcdef0' },
      'InvalidParameterCombination',
    ],
    [{ AllocationId: 'eipalloc-0123456789abcdef0' }, 'InvalidAllocationID.NotFound'],
    [{ AllocationId: 'x' }, 'InvalidAllocationID.Malformed'],
    [{ AllocationId: undefined }, 'MissingParameter'],
    [{ AllocationId: undefined, PublicIp: '8.8.8.8' }, 'InvalidAddress.NotFound'],
    [{ PublicIp: '8.8.8.8' }, 'InvalidParameterCombination'],
  ])('refuses %j', async (input, code) => {
    expect((await refusal(associate(input)))[0]).toBe(code);
  });

  test('refuses interfaces of a VPC without a way to the internet', async () => {
    const vpcId = await newVpc(region);
    const SubnetId = await newSubnet(region, vpcId);
    const { NetworkInterfaceId } = await newInterface(region, { SubnetId });
    expect(await refusal(associate({ NetworkInterfaceId }))).toEqual([
      'Gateway.NotAttached',
      `Network ${vpcId} is not attached to any internet gateway`,
      400,
    ]);
    await newGateway(region, vpcId);
    await associate({ NetworkInterfaceId });
  });

  test("refuses private addresses the interface has not, and another account's address", async () => {
    expect((await refusal(associate({ InstanceId, PrivateIpAddress: '172.31.0.99' })))[0]).toBe(
      'InvalidParameterValue',
    );
    expect((await refusal(associate({ InstanceId }, stranger)))[0]).toBe('InvalidAllocationID.NotFound');
  });
});

describe('DisassociateAddress', () => {
  test('gives a running instance a leased address again', async () => {
    const AssociationId = await associate({ InstanceId });
    await disassociate({ AssociationId });
    expect((await shown()).PublicIpAddress).toMatch(/^127\.77\./);
    expect((await shown()).PublicIpAddress).not.toBe(PublicIp);
    expect((await addresses())[0]!.AssociationId).toBeUndefined();
    expect(await refusal(disassociate({ AssociationId }))).toEqual([
      'InvalidAssociationID.NotFound',
      `The association ID '${AssociationId}' does not exist`,
      400,
    ]);
  });

  test('gives a stopped one none, nor one with several interfaces', async () => {
    await associate({ InstanceId });
    await change(region, InstanceId, { state: 'stopped' });
    await disassociate({ PublicIp });
    await disassociate({ PublicIp });
    expect((await shown()).PublicIpAddress).toBeUndefined();
    const several = await running();
    await associate({ InstanceId: several.InstanceId });
    const { NetworkInterfaceId } = await newInterface(region);
    await region.call(attachNetworkInterface, {
      ...{ NetworkInterfaceId, InstanceId: several.InstanceId, DeviceIndex: 1 },
    });
    await disassociate({ PublicIp });
    expect((await shown(several.InstanceId)).PublicIpAddress).toBeUndefined();
  });
});

describe('ReleaseAddress', () => {
  test('gives it back, with its tags, once it is associated with nothing', async () => {
    await region.call(createTags, { Resources: [AllocationId], Tags: [{ Key: 'a', Value: 'b' }] });
    await associate({ InstanceId });
    expect(await refusal(release({ AllocationId }))).toEqual([
      'InvalidIPAddress.InUse',
      `Address ${PublicIp} is in use.`,
      400,
    ]);
    await disassociate({ PublicIp });
    expect((await refusal(release({ AllocationId }, stranger)))[0]).toBe('InvalidAllocationID.NotFound');
    await release({ PublicIp });
    expect(await addresses()).toEqual([]);
    expect(await region.records.read.tags.list()).toEqual([]);
    expect((await refusal(release({ AllocationId })))[0]).toBe('InvalidAllocationID.NotFound');
  });
});

describe('DescribeAddresses', () => {
  test('finds the caller’s by id, address, tag and what they are associated with', async () => {
    const other = await allocate({
      TagSpecifications: [{ ResourceType: 'elastic-ip', Tags: [{ Key: 'Name', Value: 'web' }] }],
    });
    const AssociationId = await associate({ InstanceId });
    const found = async (Name: string, value: string) =>
      (await addresses({ Filters: [{ Name, Values: [value] }] })).map(one => one.AllocationId);
    expect(await found('instance-id', InstanceId)).toEqual([AllocationId]);
    expect(await found('association-id', AssociationId)).toEqual([AllocationId]);
    expect(await found('private-ip-address', instance.PrivateIpAddress!)).toEqual([AllocationId]);
    expect(await found('network-interface-id', 'eni-*')).toEqual([AllocationId]);
    expect(await found('network-interface-owner-id', owner)).toEqual([AllocationId]);
    expect(await found('public-ip', other.PublicIp!)).toEqual([other.AllocationId]);
    expect(await found('allocation-id', other.AllocationId!)).toEqual([other.AllocationId]);
    expect(await found('tag:Name', 'w*')).toEqual([other.AllocationId]);
    expect(await found('network-border-group', 'us-east-1')).toHaveLength(2);
    expect(await addresses({ PublicIps: [PublicIp] })).toHaveLength(1);
    expect(await addresses({}, stranger)).toEqual([]);
    expect((await refusal(addresses({ PublicIps: [PublicIp] }, stranger)))[0]).toBe(
      'InvalidAddress.NotFound',
    );
    expect((await refusal(addresses({ AllocationIds: [AllocationId] }, stranger)))[0]).toBe(
      'InvalidAllocationID.NotFound',
    );
    expect((await refusal(addresses({ Filters: [{ Name: 'x', Values: ['y'] }] })))[0]).toBe(
      'InvalidParameterValue',
    );
  });

  test('have no reverse names', async () => {
    expect(await region.call(describeAddressesAttribute, { Attribute: 'domain-name' })).toEqual({
      Addresses: [{ AllocationId, PublicIp }],
    });
    expect((await refusal(region.call(describeAddressesAttribute, {})))[0]).toBe('MissingParameter');
  });
});
