import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeImportSnapshotTasksCommand,
  DescribeSnapshotsCommand,
  type EC2Client,
  ImportSnapshotCommand,
  type SnapshotTaskDetail,
} from '@aws-sdk/client-ec2';
import { Refusal } from '../errors.ts';
import type { Progress } from '../progress.ts';

/** The API's word for a format, where it is not qemu-img's in capitals. */
const names: Readonly<Record<string, string>> = { vpc: 'VHD' };

export const isUrl = (file: string) => /^https?:\/\//i.test(file);

/** Has the server fetch a disk from a URL and waits for its snapshot. Interrupted, the server goes on. */
export async function importUrl(
  url: string,
  { format, description }: { format: string; description: string | undefined },
  ec2: EC2Client,
  progress: Progress,
): Promise<{ snapshotId: string; importTaskId: string; volumeSize: number }> {
  const Format = names[format] ?? format.toUpperCase();
  const started = await ec2.send(
    new ImportSnapshotCommand({ Description: description, DiskContainer: { Format, Url: url } }),
  );
  const importTaskId = started.ImportTaskId!;
  progress.step(`The server imports the disk (${importTaskId})`);
  for (;;) {
    const { Status, StatusMessage, Progress, SnapshotId } = await detailOf(ec2, importTaskId);
    if (Status === 'completed')
      return { snapshotId: SnapshotId!, importTaskId, ...(await sizeOf(ec2, SnapshotId!)) };
    if (Status !== 'active') throw new Refusal(`${importTaskId} was given up: ${StatusMessage}`);
    progress.portion(Number(Progress ?? 0) / 100);
    await delay(1000);
  }
}

async function detailOf(ec2: EC2Client, importTaskId: string): Promise<SnapshotTaskDetail> {
  const answer = await ec2.send(new DescribeImportSnapshotTasksCommand({ ImportTaskIds: [importTaskId] }));
  return answer.ImportSnapshotTasks?.[0]?.SnapshotTaskDetail ?? {};
}

async function sizeOf(ec2: EC2Client, snapshotId: string) {
  const answer = await ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [snapshotId] }));
  return { volumeSize: answer.Snapshots![0]!.VolumeSize! };
}
