import {
  type EBSClient,
  GetSnapshotBlockCommand,
  ListSnapshotBlocksCommand,
  type ListSnapshotBlocksResponse,
} from '@aws-sdk/client-ebs';
import type { ListedBlock, SnapshotReader } from './download.ts';

const gibibyte = 2 ** 30;

/** Reads a completed snapshot through the EBS direct API. @throws what the first listing is refused with */
export async function openSnapshot(ebs: EBSClient, snapshotId: string): Promise<SnapshotReader> {
  const list = (NextToken?: string) =>
    ebs.send(new ListSnapshotBlocksCommand({ SnapshotId: snapshotId, MaxResults: 1000, NextToken }));
  const first = await list();
  return {
    size: first.VolumeSize! * gibibyte,
    blockSize: first.BlockSize!,
    async *blocks() {
      let page: ListSnapshotBlocksResponse = first;
      yield* listed(page);
      while (page.NextToken) {
        page = await list(page.NextToken);
        yield* listed(page);
      }
    },
    async read({ index, token }) {
      const answer = await ebs.send(
        new GetSnapshotBlockCommand({ SnapshotId: snapshotId, BlockIndex: index, BlockToken: token }),
      );
      return { bytes: await answer.BlockData!.transformToByteArray(), checksum: answer.Checksum };
    },
  };
}

function* listed(page: ListSnapshotBlocksResponse): Generator<ListedBlock> {
  for (const { BlockIndex, BlockToken } of page.Blocks ?? [])
    yield { index: BlockIndex!, token: BlockToken! };
}
