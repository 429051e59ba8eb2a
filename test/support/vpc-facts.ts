/** The records of a VPC with one guest, for tests of what is planned from them. */
import type { Instance } from '../../src/domain/instance.ts';
import type { SecurityGroup, SecurityGroupRule } from '../../src/domain/network.ts';
import type { NetworkInterface, NetworkInterfaceAttachment } from '../../src/domain/network-interface.ts';
import type { Volume } from '../../src/domain/volume.ts';
import { planVpc, type VpcFacts } from '../../src/domain/vpc-plan.ts';

export const ownerId = '111122223333';
export const vpc = { vpcId: 'vpc-1', ownerId, cidrBlock: '172.31.0.0/16', isDefault: true };
export const subnet = {
  subnetId: 'subnet-1',
  vpcId: 'vpc-1',
  ownerId,
  cidrBlock: '172.31.16.0/20',
  availabilityZone: 'us-east-1b',
  defaultForAz: true,
};

export function rule(changes: Partial<SecurityGroupRule>): SecurityGroupRule {
  return {
    securityGroupRuleId: 'sgr-1',
    isEgress: false,
    ipProtocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    ...changes,
  };
}

export function group(groupId: string, ...rules: SecurityGroupRule[]): SecurityGroup {
  return { groupId, groupName: `name of ${groupId}`, description: '', ownerId, vpcId: 'vpc-1', rules };
}

export function instance(changes: Partial<Instance> = {}): Instance {
  return {
    instanceId: 'i-1',
    ownerId,
    reservationId: 'r-1',
    imageId: 'ami-1',
    amiLaunchIndex: 0,
    instanceType: 't3.micro',
    architecture: 'x86_64',
    virtualizationType: 'hvm',
    rootDeviceName: '/dev/sda1',
    rootDeviceType: 'ebs',
    platformDetails: 'Linux/UNIX',
    usageOperation: 'RunInstances',
    productCodes: [],
    state: 'running',
    stateTransitionReason: '',
    launchTime: '2026-05-10T13:17:12.000Z',
    availabilityZone: 'us-east-1b',
    vpcId: 'vpc-1',
    subnetId: 'subnet-1',
    networkInterfaceId: 'eni-1',
    macAddress: '02:00:00:00:00:01',
    privateIpAddress: '172.31.16.5',
    metadataOptions: {
      httpTokens: 'optional',
      httpPutResponseHopLimit: 1,
      httpEndpoint: 'enabled',
      instanceMetadataTags: 'disabled',
    },
    disableApiTermination: false,
    disableApiStop: false,
    instanceInitiatedShutdownBehavior: 'stop',
    ebsOptimized: false,
    health: 'ok',
    healthSince: '2026-05-10T13:17:12.000Z',
    ...changes,
  };
}

/** The primary interface of an instance. */
export function nic(changes: Partial<NetworkInterface> & { instanceId?: string } = {}): NetworkInterface {
  const { instanceId = 'i-1', ...fields } = changes;
  return {
    networkInterfaceId: instanceId.replace(/^i-/, 'eni-'),
    ownerId,
    vpcId: 'vpc-1',
    subnetId: 'subnet-1',
    availabilityZone: 'us-east-1b',
    description: '',
    macAddress: '02:00:00:00:00:01',
    addresses: [{ privateIpAddress: '172.31.16.5', publicAddress: { publicIp: '127.77.0.5' } }],
    securityGroupIds: ['sg-1'],
    sourceDestCheck: true,
    associatePublicIpAddress: true,
    attachment: attachment(instanceId, 0),
    ...fields,
  };
}

export function attachment(instanceId: string, deviceIndex: number): NetworkInterfaceAttachment {
  return {
    attachmentId: `eni-attach-${instanceId}-${deviceIndex}`,
    instanceId,
    deviceIndex,
    deleteOnTermination: true,
    attachTime: '2026-05-10T13:17:12.000Z',
    status: 'attached',
  };
}

export function volume(device: string, instanceId = 'i-1'): Volume {
  return {
    volumeId: `vol${device}`,
    ownerId,
    size: 8,
    availabilityZone: 'us-east-1b',
    state: 'in-use',
    createTime: '2026-05-10T13:17:12.000Z',
    volumeType: 'gp3',
    encrypted: false,
    productCodes: [],
    attachment: {
      instanceId,
      device,
      state: 'attached',
      attachTime: '2026-05-10T13:17:12.000Z',
      deleteOnTermination: true,
    },
  };
}

export function plan(facts: Partial<VpcFacts>) {
  return planVpc({
    region: 'us-east-1',
    vpc,
    subnets: [subnet],
    routeTables: [],
    internetGateways: [],
    securityGroups: [group('sg-1')],
    instances: [instance()],
    networkInterfaces: [nic()],
    volumes: [],
    tags: new Map(),
    sign: document => ({ signature: `s ${document.length}`, rsa2048: 'r', pkcs7: 'p' }),
    ...facts,
  });
}
