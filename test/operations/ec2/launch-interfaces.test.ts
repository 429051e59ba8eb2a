import type { CreateLaunchTemplateResult, Instance } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { createLaunchTemplate } from '../../../src/operations/ec2/create-launch-template.ts';
import { describeInstanceTypes } from '../../../src/operations/ec2/describe-instance-types.ts';
import { describeInstances } from '../../../src/operations/ec2/describe-instances.ts';
import { refusal } from '../../support/refusal.ts';
import { type TestRegion, testRegion } from '../region.ts';
import { change, launch, putImage } from './launch-fixtures.ts';
import {
  interfaceOf,
  interfaces,
  newInterface,
  privateAddresses,
  subnets,
} from './network-interface-fixtures.ts';

let region: TestRegion;
beforeEach(async () => {
  region = testRegion();
  await putImage(region);
});

/** Launches one instance of a type that takes three interfaces with four addresses each. */
async function launchWith(NetworkInterfaces: object[], input: object = {}): Promise<Instance> {
  return (await launch(region, { InstanceType: 't3.small', NetworkInterfaces, ...input }))[0]!;
}

describe('RunInstances with several network interfaces', () => {
  test('makes each as it is said, in order of device index', async () => {
    const [subnet] = await subnets(region);
    const instance = await launchWith(
      [
        {
          ...{ DeviceIndex: 2, SubnetId: subnet!.SubnetId, Description: 'third' },
          ...{ PrivateIpAddress: '172.31.0.30', SecondaryPrivateIpAddressCount: 2 },
          DeleteOnTermination: false,
        },
        { DeviceIndex: 0, SubnetId: subnet!.SubnetId },
        {
          DeviceIndex: 1,
          PrivateIpAddresses: [
            { PrivateIpAddress: '172.31.0.21' },
            { PrivateIpAddress: '172.31.0.20', Primary: true },
          ],
        },
      ],
      { TagSpecifications: [{ ResourceType: 'network-interface', Tags: [{ Key: 'a', Value: 'b' }] }] },
    );
    expect(instance.PrivateIpAddress).toBe('172.31.0.4');
    // As on AWS, one with several has no public address unless one is given to it.
    expect(instance.PublicIpAddress).toBeUndefined();
    expect(instance.NetworkInterfaces).toMatchObject([
      { Attachment: { DeviceIndex: 0, DeleteOnTermination: true, Status: 'attaching' } },
      { Attachment: { DeviceIndex: 1, DeleteOnTermination: true }, PrivateIpAddress: '172.31.0.20' },
      { Attachment: { DeviceIndex: 2, DeleteOnTermination: false }, Description: 'third' },
    ]);
    expect(privateAddresses(instance.NetworkInterfaces![1]!)).toEqual(['172.31.0.20', '172.31.0.21']);
    expect(privateAddresses(instance.NetworkInterfaces![2]!)).toEqual([
      '172.31.0.30',
      '172.31.0.5',
      '172.31.0.6',
    ]);
    const all = await interfaces(region);
    expect(all.map(one => one.TagSet)).toEqual(Array(3).fill([{ Key: 'a', Value: 'b' }]));
  });

  test('gives each of several instances its own', async () => {
    const launched = await launch(region, {
      ...{ MinCount: 3, MaxCount: 3 },
      NetworkInterfaces: [{ DeviceIndex: 0, SecondaryPrivateIpAddressCount: 1 }, { DeviceIndex: 1 }],
    });
    const all = launched.flatMap(instance => instance.NetworkInterfaces!);
    expect(all).toHaveLength(6);
    expect(new Set(all.flatMap(privateAddresses)).size).toBe(9);
  });

  test('takes interfaces that there are, with all they have', async () => {
    const one = await newInterface(region, { PrivateIpAddress: '172.31.0.77', Description: 'kept' });
    const instance = await launchWith([
      { DeviceIndex: 0, NetworkInterfaceId: one.NetworkInterfaceId },
      { DeviceIndex: 1 },
    ]);
    expect(instance).toMatchObject({ PrivateIpAddress: '172.31.0.77', SubnetId: one.SubnetId });
    const { NetworkInterfaceId, MacAddress } = one;
    expect(instance.NetworkInterfaces![0]).toMatchObject({
      ...{ NetworkInterfaceId, MacAddress, Description: 'kept' },
      Attachment: { DeleteOnTermination: false },
    });
    await change(region, instance.InstanceId!, { state: 'terminated' });
    expect(await interfaces(region)).toMatchObject([{ NetworkInterfaceId, Status: 'available' }]);
  });

  test('gives an instance with one existing interface no public address', async () => {
    const { NetworkInterfaceId } = await newInterface(region);
    const instance = await launchWith([{ DeviceIndex: 0, NetworkInterfaceId }]);
    expect(instance.PublicIpAddress).toBeUndefined();
  });

  test('may come from a launch template', async () => {
    const made = await region.call<CreateLaunchTemplateResult>(createLaunchTemplate, {
      LaunchTemplateName: 'two',
      LaunchTemplateData: { NetworkInterfaces: [{ DeviceIndex: 0 }, { DeviceIndex: 1 }] },
    });
    const LaunchTemplate = { LaunchTemplateId: made.LaunchTemplate!.LaunchTemplateId };
    const [instance] = await launch(region, { LaunchTemplate });
    expect(instance!.NetworkInterfaces).toHaveLength(2);
  });

  test('finds instances by any of them', async () => {
    const instance = await launchWith([{ DeviceIndex: 0 }, { DeviceIndex: 1, Description: 'second' }]);
    await launch(region);
    for (const [Name, value] of [
      ['network-interface.description', 'second'],
      ['network-interface.attachment.device-index', '1'],
      ['network-interface.addresses.private-ip-address', instance.NetworkInterfaces![1]!.PrivateIpAddress!],
    ])
      expect(await region.call(describeInstances, { Filters: [{ Name, Values: [value] }] })).toMatchObject({
        Reservations: [{ Instances: [{ InstanceId: instance.InstanceId }] }],
      });
  });

  test('shows what each type takes', async () => {
    expect(await region.call(describeInstanceTypes, { InstanceTypes: ['t3.micro'] })).toMatchObject({
      InstanceTypes: [{ NetworkInfo: { MaximumNetworkInterfaces: 2, Ipv4AddressesPerInterface: 2 } }],
    });
  });
});

describe('RunInstances refuses', () => {
  const existing = async (fields: object = {}) => ({
    ...{ DeviceIndex: 0, NetworkInterfaceId: (await newInterface(region)).NetworkInterfaceId },
    ...fields,
  });
  const refused = async (nics: object[], input: object = {}) =>
    (await refusal(launchWith(nics, input))).slice(0, 2);

  test('interfaces without an index, with the same one, or without a primary one among them', async () => {
    expect(await refused([{ DeviceIndex: 0 }, {}])).toEqual([
      'InvalidParameterValue',
      'Each network interface requires a device index.',
    ]);
    expect((await refused([{ DeviceIndex: 0 }, { DeviceIndex: 0 }]))[0]).toBe('InvalidParameterValue');
    expect((await refused([{ DeviceIndex: 1 }]))[0]).toBe('InvalidParameterCombination');
    expect((await refused([{ DeviceIndex: 0 }, { DeviceIndex: 99 }]))[0]).toBe('InvalidParameterValue');
    expect(await interfaces(region)).toEqual([]);
  });

  test('more interfaces or addresses than the type takes', async () => {
    expect(await refused([0, 1, 2, 3].map(DeviceIndex => ({ DeviceIndex })))).toEqual([
      'AttachmentLimitExceeded',
      'Interface count 4 exceeds the limit for t3.small',
    ]);
    expect(await refused([{ DeviceIndex: 0, SecondaryPrivateIpAddressCount: 4 }])).toEqual([
      'PrivateIpAddressLimitExceeded',
      'Number of private addresses will exceed limit.',
    ]);
  });

  test('a public address for several interfaces, or for one that there is', async () => {
    expect(await refused([{ DeviceIndex: 0, AssociatePublicIpAddress: true }, { DeviceIndex: 1 }])).toEqual([
      'InvalidParameterCombination',
      'The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces.',
    ]);
    expect(await refused([await existing({ AssociatePublicIpAddress: true })])).toEqual([
      'InvalidParameterCombination',
      'The associatePublicIPAddress parameter cannot be specified for a network interface with an ID.',
    ]);
  });

  test('an existing interface that is in use, for several instances, or with what only a new one can have', async () => {
    const nic = await existing();
    await launchWith([nic]);
    expect(await refused([nic])).toEqual([
      'InvalidNetworkInterface.InUse',
      `Interface: [${nic.NetworkInterfaceId}] in use.`,
    ]);
    expect((await refused([await existing()], { MaxCount: 2 }))[0]).toBe('InvalidParameterCombination');
    for (const fields of [
      { SubnetId: 'subnet-0123456789abcdef0' },
      { Groups: ['sg-0123456789abcdef0'] },
      { DeleteOnTermination: true },
      { SecondaryPrivateIpAddressCount: 1 },
    ])
      expect((await refused([await existing(fields)]))[0]).toBe('InvalidParameterCombination');
    const nobodys = { DeviceIndex: 0, NetworkInterfaceId: 'eni-0123456789abcdef0' };
    expect((await refused([nobodys]))[0]).toBe('InvalidNetworkInterfaceID.NotFound');
  });

  test('interfaces in different zones, and addresses that are taken', async () => {
    const [first, second] = await subnets(region);
    expect(
      (
        await refused([
          { DeviceIndex: 0, SubnetId: first!.SubnetId },
          { DeviceIndex: 1, SubnetId: second!.SubnetId },
        ])
      )[0],
    ).toBe('InvalidParameterCombination');
    const { PrivateIpAddress } = await newInterface(region);
    expect((await refused([{ DeviceIndex: 0 }, { DeviceIndex: 1, PrivateIpAddress }]))[0]).toBe(
      'InvalidIPAddress.InUse',
    );
    expect((await refused([{ DeviceIndex: 0, PrivateIpAddress: '172.31.0.40' }], { MaxCount: 2 }))[0]).toBe(
      'InvalidParameterCombination',
    );
    expect(await interfaceOf(region, (await interfaces(region))[0]!.NetworkInterfaceId!)).toMatchObject({
      Status: 'available',
    });
  });
});
