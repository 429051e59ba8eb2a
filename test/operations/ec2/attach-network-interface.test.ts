import type {
  AssignPrivateIpAddressesResult,
  AttachNetworkInterfaceResult,
  Instance,
  NetworkInterface,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { assignPrivateIpAddresses } from '../../../src/operations/ec2/assign-private-ip-addresses.ts';
import { attachNetworkInterface } from '../../../src/operations/ec2/attach-network-interface.ts';
import { detachNetworkInterface } from '../../../src/operations/ec2/detach-network-interface.ts';
import { modifyInstanceAttribute } from '../../../src/operations/ec2/modify-instance-attribute.ts';
import { startInstances } from '../../../src/operations/ec2/start-instances.ts';
import { unassignPrivateIpAddresses } from '../../../src/operations/ec2/unassign-private-ip-addresses.ts';
import { refusal } from '../../support/refusal.ts';
import { stranger, type TestRegion, testRegion } from '../region.ts';
import { change, launch, putImage } from './launch-fixtures.ts';
import {
  interfaceOf,
  interfaces,
  newInterface,
  privateAddresses,
  subnets,
} from './network-interface-fixtures.ts';

let region: TestRegion;
let instance: Instance;
let one: NetworkInterface;
let InstanceId: string;
let NetworkInterfaceId: string;

beforeEach(async () => {
  region = testRegion();
  await putImage(region);
  [instance] = (await launch(region, { InstanceType: 't3.small' })) as [Instance];
  InstanceId = instance.InstanceId!;
  one = await newInterface(region);
  NetworkInterfaceId = one.NetworkInterfaceId!;
  await change(region, InstanceId, { state: 'stopped' });
  region.jobs.length = 0;
});

const attach = async (input: object = {}, account?: string) =>
  (
    await region.call<AttachNetworkInterfaceResult>(
      attachNetworkInterface,
      { NetworkInterfaceId, InstanceId, DeviceIndex: 1, ...input },
      account,
    )
  ).AttachmentId!;
const detach = (AttachmentId: string, input: object = {}, account?: string) =>
  region.call(detachNetworkInterface, { AttachmentId, ...input }, account);
const current = () => interfaceOf(region, NetworkInterfaceId);

describe('AttachNetworkInterface', () => {
  test('gives a stopped instance the interface, which outlives it', async () => {
    const AttachmentId = await attach();
    expect(AttachmentId).toMatch(/^eni-attach-[0-9a-f]{17}$/);
    expect(await current()).toMatchObject({
      Status: 'in-use',
      Attachment: {
        AttachmentId,
        InstanceId,
        DeviceIndex: 1,
        Status: 'attached',
        DeleteOnTermination: false,
      },
    });
    expect(region.jobs).toEqual([]);
    await change(region, InstanceId, { state: 'terminated' });
    expect(await interfaces(region)).toMatchObject([{ NetworkInterfaceId, Status: 'available' }]);
  });

  test('gives a running instance the interface, by a job', async () => {
    await change(region, InstanceId, { state: 'running' });
    await attach();
    expect((await current()).Attachment!.Status).toBe('attaching');
    expect(region.jobs).toEqual([
      {
        kind: 'attach-network-interface',
        subject: NetworkInterfaceId,
        input: { networkInterfaceId: NetworkInterfaceId, instanceId: InstanceId },
      },
    ]);
  });

  test('leaves an instance with two of them without a public address of its own when it starts', async () => {
    await attach();
    await region.call(startInstances, { InstanceIds: [InstanceId] });
    expect((await interfaces(region)).flatMap(shown => shown.Association ?? [])).toEqual([]);
  });

  test('refuses what is in use, a device index that is, and more than the type takes', async () => {
    const [primary] = instance.NetworkInterfaces!;
    expect(await refusal(attach({ NetworkInterfaceId: primary!.NetworkInterfaceId }))).toEqual([
      'InvalidNetworkInterface.InUse',
      `Interface: [${primary!.NetworkInterfaceId}] in use.`,
      400,
    ]);
    expect(await refusal(attach({ DeviceIndex: 0 }))).toEqual([
      'InvalidParameterValue',
      `Instance '${InstanceId}' already has an interface attached at device index '0'.`,
      400,
    ]);
    await attach();
    const third = await newInterface(region);
    await attach({ NetworkInterfaceId: third.NetworkInterfaceId, DeviceIndex: 2 });
    const fourth = await newInterface(region);
    expect(await refusal(attach({ NetworkInterfaceId: fourth.NetworkInterfaceId, DeviceIndex: 3 }))).toEqual([
      'AttachmentLimitExceeded',
      'Interface count 4 exceeds the limit for t3.small',
      400,
    ]);
  });

  test('refuses more addresses than the type takes, and what is in another zone', async () => {
    const many = await newInterface(region, { SecondaryPrivateIpAddressCount: 4 });
    expect(await refusal(attach({ NetworkInterfaceId: many.NetworkInterfaceId }))).toEqual([
      'PrivateIpAddressLimitExceeded',
      'Number of private addresses will exceed limit.',
      400,
    ]);
    const [, second] = await subnets(region);
    const elsewhere = await newInterface(region, { SubnetId: second!.SubnetId });
    expect(await refusal(attach({ NetworkInterfaceId: elsewhere.NetworkInterfaceId }))).toEqual([
      'InvalidParameterCombination',
      'You may not attach a network interface to an instance if they are not in the same availability zone',
      400,
    ]);
  });

  test('refuses instances on their way, ids of others, and missing parameters', async () => {
    await change(region, InstanceId, { state: 'stopping' });
    expect((await refusal(attach()))[0]).toBe('IncorrectState');
    await change(region, InstanceId, { state: 'running' });
    expect((await refusal(attach({}, stranger)))[0]).toBe('InvalidNetworkInterfaceID.NotFound');
    expect((await refusal(attach({ DeviceIndex: undefined })))[0]).toBe('MissingParameter');
    expect((await refusal(attach({ DeviceIndex: -1 })))[0]).toBe('InvalidParameterValue');
    expect((await refusal(attach({ InstanceId: '' })))[0]).toBe('MissingParameter');
    expect((await refusal(attach({ NetworkCardIndex: 1 })))[0]).toBe('UnsupportedOperation');
    expect(region.jobs).toEqual([]);
  });
});

describe('DetachNetworkInterface', () => {
  test('takes it from a stopped instance at once', async () => {
    await detach(await attach());
    expect(await current()).toEqual({ ...one, Status: 'available' });
  });

  test('asks a running guest for it, once, and again by force', async () => {
    const id = await attach();
    await change(region, InstanceId, { state: 'running' });
    await detach(id);
    expect((await current()).Status).toBe('detaching');
    await detach(id);
    await detach(id, { Force: true });
    expect(region.jobs.map(job => job.input)).toEqual(
      [false, true].map(force => ({
        networkInterfaceId: NetworkInterfaceId,
        instanceId: InstanceId,
        force,
      })),
    );
  });

  test('refuses the primary one, and attachments that are not there', async () => {
    const [primary] = instance.NetworkInterfaces!;
    expect(await refusal(detach(primary!.Attachment!.AttachmentId!))).toEqual([
      'OperationNotPermitted',
      'The network interface at device index 0 and networkCard index 0 cannot be detached.',
      400,
    ]);
    const id = await attach();
    expect((await refusal(detach(id, {}, stranger)))[0]).toBe('InvalidAttachmentID.NotFound');
    expect((await refusal(detach('eni-attach-0123456789abcdef0')))[0]).toBe('InvalidAttachmentID.NotFound');
    expect((await refusal(detach('eni-1')))[0]).toBe('InvalidAttachmentID.Malformed');
  });
});

describe('an instance with several interfaces', () => {
  test('has the groups of its primary one, which are changed by the interface', async () => {
    await attach();
    const [group] = instance.SecurityGroups!;
    const message = `There are multiple interfaces attached to instance '${InstanceId}'. Please specify an interface ID for the operation instead.`;
    for (const input of [{ Groups: [group!.GroupId] }, { SourceDestCheck: { Value: false } }])
      expect(await refusal(region.call(modifyInstanceAttribute, { InstanceId, ...input }))).toEqual([
        'InvalidInstanceID',
        message,
        400,
      ]);
  });

  test('keeps a type that takes as many', async () => {
    await attach();
    const third = await newInterface(region);
    await attach({ NetworkInterfaceId: third.NetworkInterfaceId, DeviceIndex: 2 });
    const change = { InstanceId, InstanceType: { Value: 't3.micro' } };
    expect((await refusal(region.call(modifyInstanceAttribute, change)))[0]).toBe('AttachmentLimitExceeded');
  });
});

describe('AssignPrivateIpAddresses', () => {
  const assign = (input: object) =>
    region.call<AssignPrivateIpAddressesResult>(assignPrivateIpAddresses, { NetworkInterfaceId, ...input });

  test('adds those that are named, or any, and says which', async () => {
    expect(await assign({ PrivateIpAddresses: ['172.31.0.99'] })).toEqual({
      NetworkInterfaceId,
      AssignedPrivateIpAddresses: [{ PrivateIpAddress: '172.31.0.99' }],
      AssignedIpv4Prefixes: [],
    });
    const any = await assign({ SecondaryPrivateIpAddressCount: 2 });
    expect(any.AssignedPrivateIpAddresses).toEqual([
      { PrivateIpAddress: '172.31.0.6' },
      { PrivateIpAddress: '172.31.0.7' },
    ]);
    await assign({ PrivateIpAddresses: ['172.31.0.99'] });
    expect(privateAddresses(await current())).toEqual([
      '172.31.0.5',
      '172.31.0.99',
      '172.31.0.6',
      '172.31.0.7',
    ]);
  });

  test('brings the network of running guests up to date', async () => {
    await change(region, InstanceId, { state: 'running' });
    await assign({ SecondaryPrivateIpAddressCount: 1 });
    expect(region.jobs).toMatchObject([{ kind: 'apply-vpc', subject: instance.VpcId }]);
  });

  test('moves a secondary address from another interface where that is allowed', async () => {
    const other = await newInterface(region, { PrivateIpAddresses: [{ PrivateIpAddress: '172.31.0.50' }] });
    const wanted = { PrivateIpAddresses: ['172.31.0.50', '172.31.0.51'] };
    expect(await refusal(assign(wanted))).toEqual([
      'InvalidIPAddress.InUse',
      'Address 172.31.0.50 is in use.',
      400,
    ]);
    await assign({ ...wanted, AllowReassignment: true });
    expect(privateAddresses(await current())).toEqual(['172.31.0.5', '172.31.0.50', '172.31.0.51']);
    const before = await interfaceOf(region, other.NetworkInterfaceId!);
    expect(privateAddresses(before)).toEqual([other.PrivateIpAddress]);
    const primary = { PrivateIpAddresses: [other.PrivateIpAddress], AllowReassignment: true };
    expect((await refusal(assign(primary)))[0]).toBe('InvalidIPAddress.InUse');
  });

  test('refuses more than the instance’s type takes, addresses of other subnets, and nothing at all', async () => {
    await attach();
    expect(await refusal(assign({ SecondaryPrivateIpAddressCount: 4 }))).toEqual([
      'PrivateIpAddressLimitExceeded',
      'Number of private addresses will exceed limit.',
      400,
    ]);
    for (const AllowReassignment of [false, true])
      expect((await refusal(assign({ PrivateIpAddresses: ['172.31.16.9'], AllowReassignment })))[0]).toBe(
        'InvalidParameterValue',
      );
    expect((await refusal(assign({ PrivateIpAddresses: ['172.31.0.9', '172.31.0.9'] })))[0]).toBe(
      'InvalidParameterValue',
    );
    expect((await refusal(assign({})))[0]).toBe('MissingParameter');
    expect((await refusal(assign({ Ipv4PrefixCount: 1 })))[0]).toBe('UnsupportedOperation');
  });
});

describe('UnassignPrivateIpAddresses', () => {
  const unassign = (...PrivateIpAddresses: (string | undefined)[]) =>
    region.call(unassignPrivateIpAddresses, { NetworkInterfaceId, PrivateIpAddresses });

  test('takes secondary addresses away, and nothing else', async () => {
    await region.call(assignPrivateIpAddresses, { NetworkInterfaceId, SecondaryPrivateIpAddressCount: 2 });
    await unassign('172.31.0.6');
    expect(privateAddresses(await current())).toEqual(['172.31.0.5', '172.31.0.7']);
    expect(await refusal(unassign('172.31.0.7', '172.31.0.6'))).toEqual([
      'InvalidParameterValue',
      `Some of the specified addresses are not assigned to interface ${NetworkInterfaceId}`,
      400,
    ]);
    expect((await refusal(unassign(one.PrivateIpAddress)))[0]).toBe('InvalidParameterValue');
    expect((await refusal(unassign()))[0]).toBe('MissingParameter');
    expect(privateAddresses(await current())).toEqual(['172.31.0.5', '172.31.0.7']);
  });
});
