/** What may be asked of an image: each question is one call, dry where it would change something. */
import {
  CancelImageLaunchPermissionCommand,
  CopyImageCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  type DescribeImagesRequest,
  DescribeSnapshotsCommand,
  DisableImageCommand,
  type EC2Client,
  EC2ServiceException,
  EnableImageDeprecationCommand,
  type ImageAttributeName,
  ListImagesInRecycleBinCommand,
  ModifyImageAttributeCommand,
  type ModifyImageAttributeRequest,
  ResetImageAttributeCommand,
  RestoreImageFromRecycleBinCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { wordOf } from './answers.ts';

/** An image, and who asks about it. */
export interface Subject {
  imageId: string;
  snapshotId: string;
  ownerId: string;
  callerId: string;
}

/** `yes`, `no`, or what a question says else; a refusal is thrown. */
type Question = (ec2: EC2Client, subject: Subject) => Promise<unknown>;

const dry = { DryRun: true };

/** Whether a listing shows the image. */
const listed =
  (about: (subject: Subject) => DescribeImagesRequest): Question =>
  async (ec2, subject) => {
    const { Images } = await ec2.send(new DescribeImagesCommand(about(subject)));
    return Images!.some(image => image.ImageId === subject.imageId) ? 'yes' : 'no';
  };
const attribute =
  (Attribute: ImageAttributeName): Question =>
  (ec2, { imageId }) =>
    ec2.send(new DescribeImageAttributeCommand({ ImageId: imageId, Attribute }));
const changed =
  (change: Partial<ModifyImageAttributeRequest>): Question =>
  (ec2, { imageId }) =>
    ec2.send(new ModifyImageAttributeCommand({ ImageId: imageId, ...change, ...dry }));

export const questions: Readonly<Record<string, Question>> = {
  describe: async (ec2, { imageId }) => {
    const { Images } = await ec2.send(new DescribeImagesCommand({ ImageIds: [imageId] }));
    return Images!.length > 0 ? 'yes' : 'no';
  },
  list: listed(() => ({})),
  'list with disabled': listed(() => ({ IncludeDisabled: true })),
  'list with deprecated': listed(() => ({ IncludeDeprecated: true })),
  'list by owner': listed(({ ownerId }) => ({ Owners: [ownerId] })),
  'list by me': listed(() => ({ ExecutableUsers: ['self'] })),
  'list by all': listed(() => ({ ExecutableUsers: ['all'] })),
  'list in bin': async (ec2, { imageId }) => {
    const { Images } = await ec2.send(new ListImagesInRecycleBinCommand({}));
    return Images!.some(image => image.ImageId === imageId) ? 'yes' : 'no';
  },

  launch: (ec2, { imageId }) =>
    ec2.send(
      new RunInstancesCommand({
        ImageId: imageId,
        InstanceType: 't3.nano',
        MinCount: 1,
        MaxCount: 1,
        ...dry,
      }),
    ),
  copy: (ec2, { imageId }) =>
    ec2.send(
      new CopyImageCommand({ SourceImageId: imageId, SourceRegion: 'us-east-1', Name: 'copy', ...dry }),
    ),

  'read description': attribute('description'),
  'read permissions': attribute('launchPermission'),
  'read products': attribute('productCodes'),
  'read devices': attribute('blockDeviceMapping'),
  rename: changed({ Description: { Value: 'other' } }),
  share: changed({ LaunchPermission: { Add: [{ UserId: '137112412989' }] } }),
  publish: changed({ LaunchPermission: { Add: [{ Group: 'all' }] } }),
  reset: (ec2, { imageId }) =>
    ec2.send(new ResetImageAttributeCommand({ ImageId: imageId, Attribute: 'launchPermission', ...dry })),
  'give back': (ec2, { imageId }) =>
    ec2.send(new CancelImageLaunchPermissionCommand({ ImageId: imageId, ...dry })),
  tag: (ec2, { imageId }) =>
    ec2.send(new CreateTagsCommand({ Resources: [imageId], Tags: [{ Key: 'a', Value: 'b' }], ...dry })),

  deprecate: (ec2, { imageId }) =>
    ec2.send(
      new EnableImageDeprecationCommand({
        ImageId: imageId,
        DeprecateAt: new Date(Date.now() + 86_400_000),
        ...dry,
      }),
    ),
  disable: (ec2, { imageId }) => ec2.send(new DisableImageCommand({ ImageId: imageId, ...dry })),
  deregister: (ec2, { imageId }) => ec2.send(new DeregisterImageCommand({ ImageId: imageId, ...dry })),
  restore: (ec2, { imageId }) =>
    ec2.send(new RestoreImageFromRecycleBinCommand({ ImageId: imageId, ...dry })),

  'its snapshot': async (ec2, { snapshotId }) => {
    const { Snapshots } = await ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [snapshotId] }));
    return Snapshots!.length > 0 ? 'yes' : 'no';
  },
  'its volume': (ec2, { snapshotId }) =>
    ec2.send(new CreateVolumeCommand({ SnapshotId: snapshotId, AvailabilityZone: 'us-east-1a', ...dry })),
  'its end': (ec2, { snapshotId }) => ec2.send(new DeleteSnapshotCommand({ SnapshotId: snapshotId, ...dry })),
};

/** The answer in a word. */
export async function ask(question: string, ec2: EC2Client, subject: Subject): Promise<string> {
  try {
    const answer = await questions[question]!(ec2, subject);
    return typeof answer === 'string' ? answer : 'yes';
  } catch (error) {
    if (!(error instanceof EC2ServiceException)) throw error;
    return wordOf(error, subject);
  }
}
