import type { Operation } from '../operation.ts';
import { completeSnapshot } from './complete-snapshot.ts';
import { getSnapshotBlock } from './get-snapshot-block.ts';
import { listChangedBlocks } from './list-changed-blocks.ts';
import { listSnapshotBlocks } from './list-snapshot-blocks.ts';
import { putSnapshotBlock } from './put-snapshot-block.ts';
import { startSnapshot } from './start-snapshot.ts';

/** Every action of the service `ebs`. */
export const operations: Operation[] = [
  // Writing
  startSnapshot,
  putSnapshotBlock,
  completeSnapshot,
  // Reading
  listSnapshotBlocks,
  listChangedBlocks,
  getSnapshotBlock,
];
