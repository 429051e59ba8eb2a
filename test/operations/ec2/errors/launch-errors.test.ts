/** Refusals of launches by their exact text: what run-instances-refused.test.ts and image-errors.test.ts do not hold yet. */
import type { DescribeSubnetsResult } from '@aws-sdk/client-ec2';
import { beforeAll, describe } from 'vitest';
import type { Image } from '../../../../src/domain/image.ts';
import { createLaunchTemplate } from '../../../../src/operations/ec2/create-launch-template.ts';
import { createSecurityGroup } from '../../../../src/operations/ec2/create-security-group.ts';
import { describeSubnets } from '../../../../src/operations/ec2/describe-subnets.ts';
import { modifyInstanceMetadataDefaults } from '../../../../src/operations/ec2/modify-instance-metadata-defaults.ts';
import { runInstances } from '../../../../src/operations/ec2/run-instances.ts';
import { hexId } from '../../../support/records.ts';
import { type TestRegion, testRegion } from '../../region.ts';
import { refusesSdk } from '../../sdk-errors.ts';
import { imageId, instanceIn, launch, putImage } from '../launch-fixtures.ts';

const [arm, paravirtual, store, bios, plain] = [...[1, 2, 3, 4, 5].map(n => hexId('ami', n))] as string[] & {
  length: 5;
};
const images: Partial<Image>[] = [
  {},
  { imageId: arm, architecture: 'arm64' },
  { imageId: paravirtual, virtualizationType: 'paravirtual' },
  { imageId: store, rootDeviceType: 'instance-store' },
  { imageId: bios, architecture: 'arm64', bootMode: 'legacy-bios' },
  { imageId: plain, enaSupport: undefined },
];
const address = '172.31.0.10';

let region: TestRegion;
let subnetId: string;
beforeAll(async () => {
  region = testRegion();
  for (const image of images) await putImage(region, { name: image.imageId ?? 'tiny', ...image });
  await launch(region, { ClientToken: 'used', PrivateIpAddress: address });
  await instanceIn(region, 'terminated', { ClientToken: 'over' });
  for (let n = 0; n < 6; n++)
    await region.call(createSecurityGroup, { GroupName: `g${n}`, Description: 'x' });
  const Filters = [{ Name: 'availability-zone', Values: ['us-east-1a'] }];
  const { Subnets } = await region.call<DescribeSubnetsResult>(describeSubnets, { Filters });
  subnetId = Subnets![0]!.SubnetId!;
});

const one = { ImageId: imageId, MinCount: 1, MaxCount: 1, InstanceType: 't3.micro' };
const run = (input: object) => ({ operation: runInstances, input: { ...one, ...input } });
const invalid = { code: 'InvalidParameterValue' };
const combination = { code: 'InvalidParameterCombination' };

describe('how many', () => {
  refusesSdk(() => region, {
    'at most, left out': {
      ...run({ MaxCount: undefined }),
      ...{ code: 'MissingParameter', message: 'The request must contain the parameter MaxCount' },
    },
    'more than an account may have': {
      ...{ ...run({ MinCount: 256, MaxCount: 256 }), code: 'InstanceLimitExceeded' },
      message:
        'You have requested more instances (257) than your current instance limit of 256 allows for the specified instance type. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.',
    },
    'of no image': {
      ...run({ ImageId: undefined }),
      ...{ code: 'MissingParameter', message: 'The request must contain the parameter ImageId' },
    },
    'launched only dryly': {
      ...{ ...run({ DryRun: true }), code: 'DryRunOperation', status: 412 },
      message: 'Request would have succeeded, but DryRun flag is set.',
    },
  });
});

describe('a client token', () => {
  const form = { ...invalid, message: 'The client token must be at most 64 printable ASCII characters' };
  refusesSdk(() => region, {
    'that is too long': { ...run({ ClientToken: 'a'.repeat(65) }), ...form },
    'in another script': { ...run({ ClientToken: 'токен' }), ...form },
    'used for another launch': {
      ...{ ...run({ ClientToken: 'used' }), code: 'IdempotentParameterMismatch' },
      message:
        'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
    },
    'of an instance that is terminated': {
      ...{ ...run({ ClientToken: 'over' }), code: 'IdempotentInstanceTerminated' },
      message:
        'The client token you have provided is associated with a terminated instance. Please use a different client token.',
    },
  });
});

describe('a type that does not fit', () => {
  const architecture = (ofType: string, ofImage: string) => ({
    ...invalid,
    message: `The architecture '${ofType}' of the specified instance type does not match the architecture '${ofImage}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.`,
  });
  refusesSdk(() => region, {
    'an image for Arm': { ...run({ ImageId: arm }), ...architecture('x86_64', 'arm64') },
    'an image for Arm, of two architectures': {
      ...run({ ImageId: arm, InstanceType: 't2.micro' }),
      ...architecture('i386,x86_64', 'arm64'),
    },
    'an image for Intel': { ...run({ InstanceType: 't4g.micro' }), ...architecture('arm64', 'x86_64') },
    'a paravirtual image': {
      ...{ ...run({ ImageId: paravirtual, InstanceType: 't2.micro' }), ...combination },
      message:
        "Virtualization type 'hvm' is required for instances of type 't2.micro'. Ensure that you are using an AMI with virtualization type 'hvm'. For more information, see http://docs.aws.amazon.com/AWSEC2/latest/UserGuide/virtualization_types.html",
    },
    'an image on disks of the host': {
      ...{ ...run({ ImageId: store, InstanceType: 't2.micro' }), code: 'UnsupportedOperation' },
      message: `AMI '${store}' with an instance-store root device is not supported for the instance type 't2.micro'.`,
    },
    'an image for a BIOS': {
      ...{ ...run({ ImageId: bios, InstanceType: 't4g.micro' }), ...invalid },
      message:
        'The t4g.micro instance type does not support an AMI with a boot mode of Legacy BIOS. Specify an instance type that supports Legacy BIOS, and try again.',
    },
    'an image without ENA': {
      ...{ ...run({ ImageId: plain, InstanceType: 'm5.large' }), ...combination },
      message:
        "Enhanced networking with the Elastic Network Adapter (ENA) is required for the 'm5.large' instance type. Ensure that you are using an AMI that is enabled for ENA.",
    },
    'CPU credits': {
      ...run({ InstanceType: 'm5.large', CreditSpecification: { CpuCredits: 'unlimited' } }),
      ...{ ...combination, message: "The instance type 'm5.large' does not support CPU credits." },
    },
  });
});

describe('user data', () => {
  const template = (UserData: string) => ({
    ...{ operation: createLaunchTemplate, code: 'InvalidUserData.Malformed' },
    input: { LaunchTemplateName: 'web', LaunchTemplateData: { UserData } },
  });
  refusesSdk(() => region, {
    'of a template, that is no base64': {
      ...{ ...template('#!/bin/sh'), message: 'Invalid BASE64 encoding of user data.' },
    },
    'of a template, that is too long': {
      ...template(Buffer.alloc(16_385).toString('base64')),
      message: 'User data is limited to 16384 bytes.',
    },
  });
});

describe('where', () => {
  const nic = { NetworkInterfaces: [{ DeviceIndex: 0 }] };
  refusesSdk(() => region, {
    'in a subnet, with groups by name': {
      ...{ ...run({ SubnetId: hexId('subnet', 1), SecurityGroups: ['default'] }), ...combination },
      message: 'The parameter groupName cannot be used with the parameter subnet',
    },
    'with an address of its own and one of its interface': {
      ...{ ...run({ ...nic, PrivateIpAddress: address }), ...combination },
      message:
        'Network interfaces and an instance-level private IP address may not be specified on the same request',
    },
    'two at one address': {
      ...{ ...run({ MaxCount: 2, PrivateIpAddress: address }), ...combination },
      message: 'A private IP address cannot be specified for more than one instance',
    },
    'at no address': {
      ...{ ...run({ PrivateIpAddress: '172.31.0' }), ...invalid },
      message: 'Value (172.31.0) for parameter privateIpAddress is invalid.',
    },
    'at an address in use': {
      ...{ ...run({ PrivateIpAddress: address }), code: 'InvalidIPAddress.InUse' },
      message: `Address ${address} is in use.`,
    },
    'in six groups': {
      ...run({ SecurityGroups: ['g0', 'g1', 'g2', 'g3', 'g4', 'g5'] }),
      code: 'SecurityGroupsPerInterfaceLimitExceeded',
      message: 'The maximum number of security groups per interface has been reached.',
    },
    'in a zone there is none of, by its id': {
      ...{ ...run({ Placement: { AvailabilityZoneId: 'mars1-az1' } }), ...invalid },
      message: 'Invalid availability zone: [mars1-az1]',
    },
    'in a subnet’s id of another form': {
      ...{ ...run({ SubnetId: 'vpc-00000001' }), code: 'InvalidSubnetID.Malformed' },
      message: 'Invalid id: "vpc-00000001" (expecting "subnet-...")',
    },
    'in a group’s id of another form': {
      ...{ ...run({ SecurityGroupIds: ['default'] }), code: 'InvalidGroupId.Malformed' },
      message: 'Invalid id: "default" (expecting "sg-...")',
    },
    'in a subnet of another zone': {
      operation: runInstances,
      get input() {
        return { ...one, SubnetId: subnetId, Placement: { AvailabilityZone: 'us-east-1b' } };
      },
      ...invalid,
      get message() {
        return `The availability zone 'us-east-1b' does not match the zone 'us-east-1a' of subnet '${subnetId}'`;
      },
    },
  });
});

describe('how', () => {
  const value = (name: string, value: string, values: string) => ({
    ...invalid,
    message: `Value (${value}) for parameter ${name} is invalid. Valid values: ${values}.`,
  });
  refusesSdk(() => region, {
    'ending in sleep': {
      ...run({ InstanceInitiatedShutdownBehavior: 'sleep' }),
      ...value('InstanceInitiatedShutdownBehavior', 'sleep', 'stop, terminate'),
    },
    'with other tokens': {
      ...run({ MetadataOptions: { HttpTokens: 'sometimes' } }),
      ...value('HttpTokens', 'sometimes', 'optional, required'),
    },
    'with metadata half on': {
      ...run({ MetadataOptions: { HttpEndpoint: 'half' } }),
      ...value('HttpEndpoint', 'half', 'enabled, disabled'),
    },
    'with other credits': {
      ...run({ CreditSpecification: { CpuCredits: 'endless' } }),
      ...value('CpuCredits', 'endless', 'standard, unlimited'),
    },
    'with metadata too far away': {
      ...{ ...run({ MetadataOptions: { HttpPutResponseHopLimit: 65 } }), ...invalid },
      message: 'Value (65) for parameter HttpPutResponseHopLimit is invalid. It must be between 1 and 64.',
    },
  });
});

describe('tags', () => {
  const tag = { Key: 'a', Value: 'b' };
  const tags = (...TagSpecifications: object[]) => run({ TagSpecifications });
  const many = Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: '' }));
  refusesSdk(() => region, {
    'of an image': {
      ...{ ...tags({ ResourceType: 'image', Tags: [tag] }), ...invalid },
      message: "'image' is not a valid taggable resource type for this operation.",
    },
    'of nothing': {
      ...{ ...tags({ Tags: [tag] }), ...invalid },
      message: 'Tag specification resource type must have a value',
    },
    'that are none': {
      ...{ ...tags({ ResourceType: 'volume' }), ...invalid },
      message: 'Tag specification must have at least one tag',
    },
    'of an instance, twice': {
      ...tags(...['a', 'b'].map(Key => ({ ResourceType: 'instance', Tags: [{ Key, Value: '' }] }))),
      ...{ ...invalid, message: "The resource type 'instance' is named by more than one tag specification" },
    },
    'of AWS': {
      ...{ ...tags({ ResourceType: 'instance', Tags: [{ Key: 'aws:a', Value: '' }] }), ...invalid },
      message: "Tag keys starting with 'aws:' are reserved for internal use",
    },
    'of one key': {
      ...{ ...tags({ ResourceType: 'instance', Tags: [tag, tag] }), ...invalid },
      message: "Duplicate tag key 'a' specified.",
    },
    'beyond fifty': {
      ...{ ...tags({ ResourceType: 'volume', Tags: many }), code: 'TagLimitExceeded' },
      message: 'The maximum number of Tags for a resource has been reached.',
    },
  });
});

describe('an account that enforces tokens', () => {
  beforeAll(() => region.call(modifyInstanceMetadataDefaults, { HttpTokensEnforced: 'enabled' }));
  refusesSdk(() => region, {
    'launches none without': {
      ...{ ...run({}), code: 'UnsupportedOperation' },
      message:
        "You can't launch instances with IMDSv1 because httpTokensEnforced is enabled for this account. Either launch the instance with httpTokens=required or contact your account owner to disable httpTokensEnforced using the ModifyInstanceMetadataDefaults API or the account settings in the EC2 console.",
    },
  });
});

describe('a host without memory left', () => {
  let small: TestRegion;
  beforeAll(async () => {
    small = testRegion({ guestMemoryMiB: 512 });
    await putImage(small);
  });
  refusesSdk(() => small, {
    'launches nothing': {
      ...{ ...run({}), code: 'InsufficientInstanceCapacity', status: 500 },
      message:
        "We currently do not have sufficient t3.micro capacity in the Availability Zone you requested (us-east-1a). Stop or terminate instances, choose a smaller instance type, or give instances more of the server's memory (AMITY_GUEST_MEMORY).",
    },
  });
});
