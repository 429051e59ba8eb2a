/** Every refusal about volumes, by its exact text. */
import { beforeAll, describe } from 'vitest';
import type { Volume } from '../../../../src/domain/volume.ts';
import { attachVolume } from '../../../../src/operations/ec2/attach-volume.ts';
import { createVolume } from '../../../../src/operations/ec2/create-volume.ts';
import { deleteVolume } from '../../../../src/operations/ec2/delete-volume.ts';
import { describeVolumeAttribute } from '../../../../src/operations/ec2/describe-volume-attribute.ts';
import { describeVolumes } from '../../../../src/operations/ec2/describe-volumes.ts';
import { describeVolumesModifications } from '../../../../src/operations/ec2/describe-volumes-modifications.ts';
import { detachVolume } from '../../../../src/operations/ec2/detach-volume.ts';
import { enableVolumeIO } from '../../../../src/operations/ec2/enable-volume-io.ts';
import { modifyVolume } from '../../../../src/operations/ec2/modify-volume.ts';
import { modifyVolumeAttribute } from '../../../../src/operations/ec2/modify-volume-attribute.ts';
import { anInstance, attachedTo, aVolume, hexId } from '../../../support/records.ts';
import { stranger, type TestRegion, testRegion } from '../../region.ts';
import { refusesSdk } from '../../sdk-errors.ts';

const [free, used, creating, deleting, elsewhere, coded, foreign, root, changing, changed, full, leaving] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map(n => hexId('vol', n)),
] as string[] & { length: 12 };
const [running, stopped, pending, hidden, crowded] = [
  ...[1, 2, 3, 4, 5].map(n => hexId('i', n)),
] as string[] & { length: 5 };
const nobodys = hexId('vol', 99);
const shape = { volumeSize: 8, volumeType: 'gp2' as const };
const modification = { startTime: '2026-05-10T13:00:00.000Z', original: shape, target: shape };

const volumes: Partial<Volume>[] = [
  { volumeId: free },
  { volumeId: used, ...attachedTo(running!, '/dev/sdf') },
  { volumeId: creating, state: 'creating' },
  { volumeId: deleting, state: 'deleting' },
  { volumeId: elsewhere, availabilityZone: 'us-east-1b' },
  { volumeId: coded, productCodes: ['abc'] },
  { volumeId: foreign, ownerId: stranger },
  { volumeId: root, ...attachedTo(running!, '/dev/xvda') },
  { volumeId: changing, modification: { ...modification, state: 'modifying' } },
  {
    volumeId: changed,
    modification: { ...modification, state: 'completed' },
    modificationTimes: ['00', '01', '02', '03'].map(hour => `2026-05-10T${hour}:00:00.000Z`),
  },
  { volumeId: full, volumeType: 'gp3', iops: 3000, throughput: 125 },
  {
    volumeId: leaving,
    state: 'in-use',
    attachment: { ...attachedTo(running!, '/dev/sdh').attachment, state: 'detaching' },
  },
];

let region: TestRegion;
beforeAll(async () => {
  region = testRegion();
  await region.records.transaction(async records => {
    for (const volume of volumes) await records.volumes.put(aVolume(volume));
    for (let n = 0; n < 27; n++) {
      const device = `/dev/xvdb${String.fromCharCode(97 + n)}`;
      await records.volumes.put(
        aVolume({ volumeId: hexId('vol', 100 + n), ...attachedTo(crowded!, device) }),
      );
    }
    await records.instances.put(anInstance({ instanceId: running }));
    await records.instances.put(anInstance({ instanceId: stopped, state: 'stopped' }));
    await records.instances.put(anInstance({ instanceId: pending, state: 'pending' }));
    await records.instances.put(anInstance({ instanceId: hidden, ownerId: stranger }));
    await records.instances.put(anInstance({ instanceId: crowded, state: 'stopped' }));
  });
  region.time = new Date('2026-05-10T13:17:12.000Z');
});

const notFound = (id: string) => ({
  code: 'InvalidVolume.NotFound',
  message: `The volume '${id}' does not exist.`,
});
const missing = (name: string) => ({
  code: 'MissingParameter',
  message: `The request must contain the parameter ${name}`,
});
const invalid = { code: 'InvalidParameterValue' };
const combination = { code: 'InvalidParameterCombination' };
const state = { code: 'IncorrectState' };
const dryRun = {
  code: 'DryRunOperation',
  message: 'Request would have succeeded, but DryRun flag is set.',
  status: 412,
};

describe('a volume’s id', () => {
  refusesSdk(() => region, {
    'that nobody has': {
      ...{ operation: describeVolumes, input: { VolumeIds: [free, nobodys] } },
      ...notFound(nobodys),
    },
    'of another account': { operation: deleteVolume, input: { VolumeId: foreign }, ...notFound(foreign!) },
    'of another form': {
      ...{ operation: deleteVolume, input: { VolumeId: 'snap-00000001' } },
      ...{ code: 'InvalidVolumeID.Malformed', message: 'Invalid id: "snap-00000001" (expecting "vol-...")' },
    },
    'with other digits': {
      ...{ operation: modifyVolume, input: { VolumeId: 'vol-zz', Size: 9 } },
      ...{ code: 'InvalidVolumeID.Malformed', message: 'Invalid id: "vol-zz"' },
    },
    'left out': { operation: detachVolume, input: {}, ...missing('VolumeId') },
    'of a volume that was never modified': {
      ...{ operation: describeVolumesModifications, input: { VolumeIds: [free] } },
      code: 'InvalidVolumeModification.NotFound',
      message: `Modification for volume '${free}' does not exist.`,
    },
  });
});

describe('a new volume', () => {
  const create = (input: object) => ({
    operation: createVolume,
    input: { AvailabilityZone: 'us-east-1a', ...input },
  });
  refusesSdk(() => region, {
    'without a zone': {
      ...{ operation: createVolume, input: { Size: 1 }, ...missing('AvailabilityZone') },
    },
    'in a zone named twice': {
      ...{ ...create({ Size: 1, AvailabilityZoneId: 'use1-az1' }), ...combination },
      message: 'The parameter AvailabilityZone cannot be used with the parameter AvailabilityZoneId',
    },
    'in a zone there is none of': {
      ...{ ...create({ Size: 1, AvailabilityZone: 'mars-1a' }), code: 'InvalidZone.NotFound' },
      message: "The zone 'mars-1a' does not exist.",
    },
    'without size and snapshot': { ...create({}), ...missing('size/snapshot') },
    'of a type there is none of': {
      ...{ ...create({ Size: 1, VolumeType: 'gp9' }), code: 'UnknownVolumeType' },
      message: "Unsupported volume type 'gp9' for volume creation.",
    },
    'under a key, not encrypted': {
      ...{ ...create({ Size: 1, KmsKeyId: 'alias/mine' }), code: 'InvalidParameterDependency' },
      message: 'The parameter KmsKeyId requires the parameter Encrypted to be set.',
    },
    'for several instances': {
      ...{ ...create({ Size: 4, VolumeType: 'io1', Iops: 100, MultiAttachEnabled: true }) },
      code: 'UnsupportedOperation',
      message: 'A volume can be attached to one instance only: leave MultiAttachEnabled out.',
    },
    'with throughput, of a type without': {
      ...{ ...create({ Size: 1, Throughput: 125 }), ...combination },
      message: 'The throughput parameter is not supported for gp2 volumes.',
    },
    'with tags for a snapshot': {
      ...create({ Size: 1, TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'a' }] }] }),
      ...invalid,
      message: "'snapshot' is not a valid taggable resource type for this operation.",
    },
    'with no tag in its tags': {
      ...{ ...create({ Size: 1, TagSpecifications: [{ ResourceType: 'volume' }] }), ...invalid },
      message: 'Tag specification must have at least one tag',
    },
    'with a token too long': {
      ...{ ...create({ Size: 1, ClientToken: 'a'.repeat(65) }), ...invalid },
      message: 'The client token must be at most 64 printable ASCII characters',
    },
    'made only dryly': { ...create({ Size: 1, DryRun: true }), ...dryRun },
  });
});

describe('an attachment', () => {
  const attach = (
    VolumeId: string | undefined,
    InstanceId = stopped,
    Device: string | null = '/dev/sdg',
  ) => ({
    operation: attachVolume,
    input: { VolumeId, InstanceId, ...(Device && { Device }) },
  });
  refusesSdk(() => region, {
    'of a volume in use': {
      ...{ ...attach(used), code: 'VolumeInUse' },
      message: `${used} is already attached to an instance`,
    },
    'of one that is not there yet': {
      ...attach(creating),
      ...state,
      message: `${creating} is not 'available'`,
    },
    'of one in another zone': {
      ...{ ...attach(elsewhere), code: 'InvalidVolume.ZoneMismatch' },
      message: `The volume '${elsewhere}' is not in the same availability zone as instance '${stopped}'`,
    },
    'of one with a product code, to a running instance': {
      ...{ ...attach(coded, running), ...state },
      message: `Instance '${running}' is not 'stopped'.`,
    },
    'to an instance that starts': {
      ...{ ...attach(free, pending), ...state },
      message: `Instance '${pending}' is not 'running'.`,
    },
    'to another account’s': {
      ...{ ...attach(free, hidden), code: 'InvalidInstanceID.NotFound' },
      message: `The instance ID '${hidden}' does not exist`,
    },
    'at no device': { ...attach(free, stopped, null), ...missing('Device') },
    'to no instance': {
      ...{ operation: attachVolume, input: { VolumeId: free, Device: '/dev/sdf' } },
      ...missing('InstanceId'),
    },
    'at a device of another kind': {
      ...{ ...attach(free, stopped, '/dev/sdf1'), ...invalid },
      message: 'Value (/dev/sdf1) for parameter device is invalid. /dev/sdf1 is not a valid EBS device name.',
    },
    'at a device in use': {
      ...{ ...attach(free, running, '/dev/sdf'), ...invalid },
      message: "Invalid value '/dev/sdf' for unixDevice. Attachment point /dev/sdf is already in use",
    },
    'as the twenty-eighth': {
      ...{ ...attach(free, crowded), code: 'AttachmentLimitExceeded' },
      message:
        'You may attach up to 27 devices for this instance type. Please use a larger instance size to attach more volumes. For a detailed list of limits please see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/volume_limits.html',
    },
  });
});

describe('the end of an attachment', () => {
  const notAttached = {
    code: 'InvalidAttachment.NotFound',
    message: `The volume '${used}' is not 'attached'.`,
  };
  refusesSdk(() => region, {
    'that is none': {
      ...{ operation: detachVolume, input: { VolumeId: free }, ...state },
      message: `Volume '${free}' is in the 'available' state.`,
    },
    'of a volume that ends': {
      ...{ operation: detachVolume, input: { VolumeId: deleting }, ...state },
      message: `Volume '${deleting}' is in the 'deleting' state.`,
    },
    'to another instance': {
      operation: detachVolume,
      input: { VolumeId: used, InstanceId: stopped },
      ...notAttached,
    },
    'at another device': {
      operation: detachVolume,
      input: { VolumeId: used, Device: '/dev/sdz' },
      ...notAttached,
    },
    'of a running instance’s root': {
      ...{ operation: detachVolume, input: { VolumeId: root }, ...state },
      message: `Unable to detach root volume '${root}' from instance '${running}'`,
    },
    'made only dryly': { operation: detachVolume, input: { VolumeId: used, DryRun: true }, ...dryRun },
  });
});

describe('the end of a volume', () => {
  refusesSdk(() => region, {
    'that is attached': {
      ...{ operation: deleteVolume, input: { VolumeId: used }, code: 'VolumeInUse' },
      message: `Volume ${used} is currently attached to ${running}`,
    },
    'that is not there yet': {
      ...{ operation: deleteVolume, input: { VolumeId: creating }, ...state },
      message: `The volume '${creating}' is 'creating'`,
    },
    'that ends': {
      ...{ operation: deleteVolume, input: { VolumeId: deleting }, ...state },
      message: `The volume '${deleting}' is 'deleting'`,
    },
    'made only dryly': { operation: deleteVolume, input: { VolumeId: free, DryRun: true }, ...dryRun },
  });
});

describe('a change of a volume', () => {
  const modify = (VolumeId: string | undefined, input: object = {}) => ({
    operation: modifyVolume,
    input: { VolumeId, ...input },
  });
  refusesSdk(() => region, {
    'to nothing': {
      ...{ ...modify(free), ...invalid },
      message: 'Invalid input: Must specify at least one of size, type, iops, throughput or multi-attach.',
    },
    'to a smaller one': {
      ...{ ...modify(free, { Size: 7 }), ...invalid },
      message: 'New size cannot be smaller than existing size',
    },
    'to io2 without iops': {
      ...{ ...modify(free, { VolumeType: 'io2' }), ...combination },
      message: 'The parameter iops must be specified for io2 volumes.',
    },
    'to more throughput than its iops allow': {
      ...{ ...modify(full, { Throughput: 751 }), ...invalid },
      message: 'Throughput (MiBps) to iops ratio of 0.250333 is too high; maximum is 0.250000 MiBps per iops',
    },
    'to a root that does not boot': {
      ...{ ...modify(root, { VolumeType: 'sc1', Size: 125 }), ...invalid },
      message:
        'The sc1 volume type cannot be used for boot volumes. Please use a supported boot volume type: standard,io1,gp2.',
    },
    'during another': {
      ...{ ...modify(changing, { Size: 9 }), code: 'IncorrectModificationState' },
      message: `Volume ${changing} cannot be modified in modification state MODIFYING`,
    },
    'for the fifth time in a day': {
      ...{ ...modify(changed, { Size: 9 }), code: 'VolumeModificationRateExceeded' },
      message:
        "You've reached the maximum modification rate per volume limit. Wait until 2026-05-11T00:00:00.000Z before you can issue the next modification request for this volume.",
    },
    'that is not there yet': {
      ...{ ...modify(creating, { Size: 9 }), ...state },
      message: `The volume '${creating}' is 'creating'`,
    },
    'that is being detached': {
      ...{ ...modify(leaving, { Size: 9 }), ...state },
      message: `The volume '${leaving}' is 'detaching'. Try again when it is attached.`,
    },
    'made only dryly': { ...modify(free, { Size: 9, DryRun: true }), ...dryRun },
  });
});

describe('an attribute of a volume', () => {
  refusesSdk(() => region, {
    'there is none of': {
      operation: describeVolumeAttribute,
      input: { VolumeId: free, Attribute: 'colour' },
      ...invalid,
      message: 'Value (colour) for parameter attribute is invalid. Unknown attribute.',
    },
    'left out': {
      ...{ operation: describeVolumeAttribute, input: { VolumeId: free } },
      ...missing('Attribute'),
    },
    'without a value': {
      ...{ operation: modifyVolumeAttribute, input: { VolumeId: free } },
      ...missing('AutoEnableIO.Value'),
    },
    'of another account’s': {
      ...{ operation: modifyVolumeAttribute, input: { VolumeId: foreign, AutoEnableIO: { Value: true } } },
      ...notFound(foreign!),
    },
    'that lets it go on, before it is there': {
      ...{ operation: enableVolumeIO, input: { VolumeId: creating }, ...state },
      message: `The volume '${creating}' is 'creating'`,
    },
  });
});
