import {
  CompleteSnapshotCommand,
  type EBSClient,
  PutSnapshotBlockCommand,
  StartSnapshotCommand,
} from '@aws-sdk/client-ebs';
import { waitUntilSnapshotCompleted } from '@aws-sdk/client-ec2';
import type { Clients } from '../client.ts';
import type { Progress } from '../progress.ts';
import { allocatedRanges } from './allocated.ts';
import { type SnapshotWriter, uploadDisk, volumeSizeFor } from './upload.ts';

/** Makes a snapshot of a raw disk file of `size` bytes and waits until it is complete. */
export async function snapshotOf(
  file: string,
  size: number,
  description: string,
  clients: Pick<Clients, 'ec2' | 'ebs'>,
  progress: Progress,
): Promise<{ snapshotId: string; blocks: number; volumeSize: number }> {
  const volumeSize = volumeSizeFor(size);
  progress.step('Uploading the disk');
  const writer = await startSnapshot(clients.ebs, volumeSize, description);
  const blocks = await uploadDisk(file, writer, {
    size,
    allocated: await allocatedRanges(file, size),
    onProgress: portion => progress.portion(portion),
  });
  progress.step(`Waiting for ${writer.snapshotId}`);
  await waitUntilSnapshotCompleted(
    { client: clients.ec2, maxWaitTime: 600, minDelay: 1, maxDelay: 5 },
    { SnapshotIds: [writer.snapshotId] },
  );
  return { snapshotId: writer.snapshotId, blocks, volumeSize };
}

async function startSnapshot(
  ebs: EBSClient,
  volumeSize: number,
  description: string,
): Promise<SnapshotWriter> {
  const started = await ebs.send(
    new StartSnapshotCommand({ VolumeSize: volumeSize, Description: description, Timeout: 60 }),
  );
  const snapshotId = started.SnapshotId!;
  return {
    snapshotId,
    blockSize: started.BlockSize!,
    async put(index, block, checksum) {
      await ebs.send(
        new PutSnapshotBlockCommand({
          SnapshotId: snapshotId,
          BlockIndex: index,
          BlockData: block,
          DataLength: block.length,
          Checksum: checksum,
          ChecksumAlgorithm: 'SHA256',
        }),
      );
    },
    async complete(blocks, checksum) {
      await ebs.send(
        new CompleteSnapshotCommand({
          SnapshotId: snapshotId,
          ChangedBlocksCount: blocks,
          Checksum: checksum,
          ChecksumAlgorithm: 'SHA256',
          ChecksumAggregationMethod: 'LINEAR',
        }),
      );
    },
  };
}
