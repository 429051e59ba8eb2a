import { pageSize } from '../formats/recipe.ts';
import type { SegmentName } from '../formats/stored-segment.ts';
import { ofLastKey } from '../keys/of-last-key.ts';
import {
  digestOf,
  openSegment,
  openStoredBlock,
  type SegmentFormat,
  sealSegment,
} from '../keys/segment-cipher.ts';
import { pageFingerprints } from '../write/fingerprints.ts';
import { ownMemory, releaseMemory } from './release-memory.ts';
import type { Slot } from './slots.ts';

/** What a worker thread does, and what it answers: each on memory that is shared or handed over, never copied. */
export interface Tasks {
  /** SHA-256 of the pages in a slot, as hex. */
  digest: { input: { slot: number }; output: string };
  /** Fills a slot's fingerprints and zeroes. */
  fingerprint: { input: { slot: number; secret: Uint8Array }; output: null };
  /** Puts a stored segment in the place of its pages; answers its length. */
  seal: {
    input: { slot: number; name: SegmentName; dataKey: Uint8Array; level: number };
    output: number;
  };
  /** Opens a stored segment. */
  open: { input: OpenInput; output: OpenedSegment };
  /** SHA-256 of bytes that are handed over and handed back. */
  hash: {
    input: { bytes: Uint8Array<ArrayBuffer> };
    output: { bytes: Uint8Array<ArrayBuffer>; digest: string };
  };
}

export interface OpenInput {
  stored: Uint8Array<ArrayBuffer>;
  name: SegmentName;
  format: SegmentFormat;
  dataKey: Uint8Array;
  /** Whether to compute the digest of the pages, too. */
  digest: boolean;
}

export interface OpenedSegment {
  plain: Uint8Array<ArrayBuffer>;
  /** Where it was asked for. */
  digest?: string;
  /** Of a segment in format 1: the digest its header states. */
  stated?: string;
}

export type TaskKind = keyof Tasks;

/** What was wrong was a thread, not the bytes it was given. */
export class ThreadFailure extends Error {
  override readonly name = 'ThreadFailure';
}

/** Opens a stored segment of either format. */
export function open({ stored, name, format, dataKey, digest }: OpenInput): OpenedSegment {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  const opened =
    format === 1
      ? openStoredBlock(name.domain, bytes, dataKey)
      : { plain: openSegment(name, bytes, dataKey), reference: undefined };
  releaseMemory(stored);
  const plain = ownMemory(opened.plain);
  return {
    plain,
    digest: digest ? digestOf(plain) : undefined,
    stated: opened.reference?.digest,
  };
}

/** Tasks without slots, on the thread that calls. */
export const tasks = {
  open,
  hash: ({ bytes }: Tasks['hash']['input']) => ({ bytes, digest: digestOf(bytes) }),
};

/** All tasks, over slots that lie in memory shared with whoever asks. */
export function slotTasks(slots: readonly Slot[]): {
  [K in TaskKind]: (input: Tasks[K]['input']) => Tasks[K]['output'];
} {
  const fingerprintsUnder = ofLastKey(pageFingerprints);
  return {
    ...tasks,
    digest: ({ slot }) => digestOf(slots[slot]!.pages),
    fingerprint({ slot, secret }) {
      const { pages, fingerprints, zeroes } = slots[slot]!;
      fingerprintsUnder(secret)(pages, fingerprints, zeroes);
      return null;
    },
    seal({ slot, name, dataKey, level }) {
      const { pages, sealed } = slots[slot]!;
      return sealSegment(name, pages.subarray(0, name.pages * pageSize), dataKey, level, sealed);
    },
  };
}
