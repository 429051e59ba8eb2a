import type { Image } from '../../src/domain/image.ts';
import type { Instance } from '../../src/domain/instance.ts';
import type { Job } from '../../src/domain/job.ts';
import type { NetworkInterface } from '../../src/domain/network-interface.ts';
import type { Snapshot } from '../../src/domain/snapshot.ts';
import type { Volume } from '../../src/domain/volume.ts';
import { owner } from '../operations/region.ts';

/** Records for tests: usual ones, with what matters to the test over them. */

/** `hexId('ami', 1)` → `ami-00000000000000001`. */
export const hexId = (prefix: string, n: number) => `${prefix}-${n.toString(16).padStart(17, '0')}`;

export const aSnapshot = (fields: Partial<Snapshot> = {}): Snapshot => ({
  snapshotId: hexId('snap', 1),
  ownerId: owner,
  volumeId: 'vol-ffffffff',
  volumeSize: 8,
  state: 'completed',
  startTime: '2026-05-01T00:00:00.000Z',
  progress: 100,
  description: '',
  encrypted: false,
  productCodes: [],
  createVolumePermissions: [],
  ...fields,
});

export const aVolume = (fields: Partial<Volume> = {}): Volume => ({
  volumeId: hexId('vol', 1),
  ownerId: owner,
  size: 8,
  availabilityZone: 'us-east-1a',
  state: 'available',
  createTime: '2026-05-01T00:00:00.000Z',
  volumeType: 'gp2',
  encrypted: false,
  productCodes: [],
  ...fields,
});

export const attachedTo = (instanceId: string, device: string, deleteOnTermination = true) => ({
  state: 'in-use' as const,
  attachment: {
    instanceId,
    device,
    state: 'attached' as const,
    attachTime: '2026-05-01T00:00:00.000Z',
    deleteOnTermination,
  },
});

export const anImage = (fields: Partial<Image> = {}): Image => {
  const ownerId = fields.ownerId ?? owner;
  const imageId = fields.imageId ?? hexId('ami', 1);
  const name = fields.name ?? `image of ${imageId}`;
  return {
    imageId,
    ownerId,
    name,
    state: 'available',
    creationDate: '2026-05-01T00:00:00.000Z',
    imageLocation: `${ownerId}/${name}`,
    architecture: 'x86_64',
    virtualizationType: 'hvm',
    rootDeviceType: 'ebs',
    rootDeviceName: '/dev/xvda',
    blockDeviceMappings: [
      {
        deviceName: '/dev/xvda',
        ebs: {
          snapshotId: hexId('snap', 1),
          volumeSize: 8,
          volumeType: 'gp2',
          deleteOnTermination: true,
          encrypted: false,
        },
      },
    ],
    launchPermissions: [],
    platformDetails: 'Linux/UNIX',
    usageOperation: 'RunInstances',
    productCodes: [],
    ...fields,
  };
};

export const anInstance = (fields: Partial<Instance> = {}): Instance => ({
  instanceId: hexId('i', 1),
  ownerId: owner,
  reservationId: hexId('r', 1),
  imageId: hexId('ami', 1),
  amiLaunchIndex: 0,
  instanceType: 't3.micro',
  architecture: 'x86_64',
  virtualizationType: 'hvm',
  rootDeviceName: '/dev/xvda',
  rootDeviceType: 'ebs',
  platformDetails: 'Linux/UNIX',
  usageOperation: 'RunInstances',
  productCodes: [],
  state: 'running',
  stateTransitionReason: '',
  launchTime: '2026-05-01T00:00:00.000Z',
  availabilityZone: 'us-east-1a',
  vpcId: hexId('vpc', 1),
  subnetId: hexId('subnet', 1),
  networkInterfaceId: hexId('eni', 1),
  macAddress: '02:00:00:00:00:01',
  privateIpAddress: '172.31.0.10',
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
  healthSince: '2026-05-01T00:00:00.000Z',
  ...fields,
});

/** The primary network interface of `anInstance()`. */
export const anInterface = (fields: Partial<NetworkInterface> = {}): NetworkInterface => ({
  networkInterfaceId: hexId('eni', 1),
  ownerId: owner,
  vpcId: hexId('vpc', 1),
  subnetId: hexId('subnet', 1),
  availabilityZone: 'us-east-1a',
  description: '',
  macAddress: '02:00:00:00:00:01',
  addresses: [{ privateIpAddress: '172.31.0.10' }],
  securityGroupIds: [hexId('sg', 1)],
  sourceDestCheck: true,
  associatePublicIpAddress: true,
  attachment: {
    attachmentId: hexId('eni-attach', 1),
    instanceId: hexId('i', 1),
    deviceIndex: 0,
    deleteOnTermination: true,
    attachTime: '2026-05-01T00:00:00.000Z',
    status: 'attached',
  },
  ...fields,
});

export function aJob(jobId: string, changes: Partial<Job> = {}): Job {
  return {
    jobId,
    kind: 'stop-instance',
    subject: 'i-1',
    input: {},
    state: 'queued',
    attempts: 0,
    createTime: '2026-05-10T13:17:12.000Z',
    runAfter: '2026-05-10T13:17:12.000Z',
    ...changes,
  };
}
