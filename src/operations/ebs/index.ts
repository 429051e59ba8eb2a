import type { Operation } from '../operation.ts';
import { completeSnapshot } from './complete-snapshot.ts';
import { putSnapshotBlock } from './put-snapshot-block.ts';
import { startSnapshot } from './start-snapshot.ts';

/** Every action of the service `ebs`. */
export const operations: Operation[] = [completeSnapshot, putSnapshotBlock, startSnapshot];
