/** How images come to be: registered on a small snapshot, shared with all who are to see them, or with everybody. */

import { createHash } from 'node:crypto';
import { CompleteSnapshotCommand, PutSnapshotBlockCommand, StartSnapshotCommand } from '@aws-sdk/client-ebs';
import {
  CopySnapshotCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  RegisterImageCommand,
  type TagSpecification,
  waitUntilSnapshotCompleted,
} from '@aws-sdk/client-ec2';
import type { Cast } from './cast.ts';

/** An image by its id and that of its snapshot. */
export interface MadeImage {
  imageId: string;
  snapshotId: string;
}

/** The image that is shared with three, and the one that is everybody's, where there may be such a one. */
export interface Pair {
  shared: MadeImage;
  public?: MadeImage;
}

const wait = { maxWaitTime: 60, minDelay: 0.1, maxDelay: 0.5 };

/** A snapshot of the owner's with one block, that boots nothing. */
export async function makeSnapshot({ amity, accounts, clients }: Cast): Promise<string> {
  const ebs = amity.ebs({ keys: accounts.owner });
  const { SnapshotId, BlockSize } = await ebs.send(new StartSnapshotCommand({ VolumeSize: 1 }));
  const BlockData = Buffer.alloc(BlockSize!, 'amity');
  await ebs.send(
    new PutSnapshotBlockCommand({
      ...{ SnapshotId, BlockIndex: 0, BlockData, DataLength: BlockSize },
      Checksum: createHash('sha256').update(BlockData).digest('base64'),
      ChecksumAlgorithm: 'SHA256',
    }),
  );
  await ebs.send(new CompleteSnapshotCommand({ SnapshotId, ChangedBlocksCount: 1 }));
  await waitUntilSnapshotCompleted({ client: clients.owner, ...wait }, { SnapshotIds: [SnapshotId!] });
  return SnapshotId!;
}

/** A copy of it under a key. */
export async function encryptedCopy({ clients }: Cast, source: string, KmsKeyId?: string): Promise<string> {
  const { SnapshotId } = await clients.owner.send(
    new CopySnapshotCommand({
      ...{ SourceSnapshotId: source, SourceRegion: 'us-east-1', Encrypted: true },
      ...(KmsKeyId && { KmsKeyId }),
    }),
  );
  await waitUntilSnapshotCompleted({ client: clients.owner, ...wait }, { SnapshotIds: [SnapshotId!] });
  return SnapshotId!;
}

let made = 0;

export async function register(
  { clients }: Cast,
  snapshotId: string,
  tags?: TagSpecification,
): Promise<MadeImage> {
  const { ImageId } = await clients.owner.send(
    new RegisterImageCommand({
      Name: `image ${++made}`,
      ...{ Architecture: 'x86_64', VirtualizationType: 'hvm', EnaSupport: true, RootDeviceName: '/dev/xvda' },
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: snapshotId } }],
      ...(tags && { TagSpecifications: [tags] }),
    }),
  );
  return { imageId: ImageId!, snapshotId };
}

/** Shares an image with an account, an organisation and a unit. */
export async function share({ clients, accounts, ...cast }: Cast, { imageId }: MadeImage): Promise<void> {
  await clients.owner.send(
    new ModifyImageAttributeCommand({
      ImageId: imageId,
      LaunchPermission: {
        Add: [
          { UserId: accounts.grantee.accountId },
          { OrganizationArn: cast.organizationArn },
          { OrganizationalUnitArn: cast.unitArn },
        ],
      },
    }),
  );
}

export async function publish({ clients }: Cast, { imageId }: MadeImage): Promise<void> {
  await clients.owner.send(
    new ModifyImageAttributeCommand({ ImageId: imageId, LaunchPermission: { Add: [{ Group: 'all' }] } }),
  );
}

/** Both images, each on a snapshot of its own. */
export async function makePair(cast: Cast, tags?: TagSpecification): Promise<Required<Pair>> {
  const [shared, everybodys] = await Promise.all([
    register(cast, await makeSnapshot(cast), tags),
    register(cast, await makeSnapshot(cast), tags),
  ]);
  await share(cast, shared);
  await publish(cast, everybodys);
  return { shared, public: everybodys };
}

/** Lets others make volumes of a snapshot: an account, or `all`. */
export async function shareSnapshot({ clients }: Cast, snapshotId: string, grantee: string): Promise<void> {
  const Add = [grantee === 'all' ? { Group: 'all' as const } : { UserId: grantee }];
  await clients.owner.send(
    new ModifySnapshotAttributeCommand({ SnapshotId: snapshotId, CreateVolumePermission: { Add } }),
  );
}
