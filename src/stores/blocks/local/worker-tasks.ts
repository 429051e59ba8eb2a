import { hash } from 'node:crypto';
import { fingerprintPages } from './fingerprints.ts';
import { pageSize } from './recipe.ts';
import { releaseMemory } from './release-memory.ts';
import { digestOf, openSegment, openStoredBlock, type SegmentFormat, sealSegment } from './segment-cipher.ts';
import { slotOver } from './slots.ts';
import type { SegmentName } from './stored-segment.ts';

/** What a worker thread does, and what it answers: each on memory that is shared or handed over, never copied. */
export interface Tasks {
  /** SHA-256 of the pages in a slot, as hex. */
  digest: { input: { memory: SharedArrayBuffer }; output: string };
  /** Fills a slot's fingerprints and zeroes. */
  fingerprint: { input: { memory: SharedArrayBuffer; secret: Uint8Array }; output: null };
  /** Puts a stored segment in the place of its pages; answers its length. */
  seal: {
    input: { memory: SharedArrayBuffer; name: SegmentName; dataKey: Uint8Array; level: number };
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

/** Opens a stored segment of either format. */
export function open({ stored, name, format, dataKey, digest }: OpenInput): OpenedSegment {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  const opened =
    format === 1
      ? openStoredBlock(name.domain, bytes, dataKey)
      : { plain: openSegment(name, bytes, dataKey), reference: undefined };
  releaseMemory(stored);
  const plain = opened.plain as Buffer<ArrayBuffer>;
  return {
    plain,
    digest: digest ? digestOf(plain) : undefined,
    stated: opened.reference?.digest,
  };
}

/** Runs a task on the thread that calls. */
export function perform<K extends TaskKind>(kind: K, input: Tasks[K]['input']): Tasks[K]['output'] {
  return (tasks[kind] as (input: Tasks[K]['input']) => Tasks[K]['output'])(input);
}

const tasks: { [K in TaskKind]: (input: Tasks[K]['input']) => Tasks[K]['output'] } = {
  digest: ({ memory }) => hash('sha256', slotOver(memory).pages, 'hex'),
  fingerprint({ memory, secret }) {
    const slot = slotOver(memory);
    fingerprintPages(slot.pages, secret, slot.fingerprints, slot.zeroes);
    return null;
  },
  seal({ memory, name, dataKey, level }) {
    const slot = slotOver(memory);
    return sealSegment(name, slot.pages.subarray(0, name.pages * pageSize), dataKey, level, slot.sealed);
  },
  open,
  hash: ({ bytes }) => ({ bytes, digest: digestOf(bytes) }),
};
