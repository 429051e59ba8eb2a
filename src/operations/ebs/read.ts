import { type BlockListRequest, parseBlockRange } from '../../domain/block-list.ts';
import { blockTokenExpiry, blockTokenPurpose, writeBlockToken } from '../../domain/block-token.ts';
import { invalidPageToken, noSuchSnapshot, snapshotNotReadable } from '../../domain/ebs-errors.ts';
import type { BlockReference } from '../../domain/manifest.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import type { Manifest } from '../../stores/blocks/block-store.ts';
import type { Context } from '../context.ts';
import { checkKey } from './usable-key.ts';
import { visibleSnapshot } from './visible-snapshot.ts';

/**
 * A snapshot whose blocks the caller may read.
 * @throws ResourceNotFoundException, ValidationException unless it is completed and its key can be used
 */
export async function readableSnapshot(context: Context, snapshotId: string | undefined): Promise<Snapshot> {
  const snapshot = await visibleSnapshot(context.records.read, context.caller.accountId, snapshotId);
  if (snapshot.state !== 'completed') throw snapshotNotReadable(snapshot.snapshotId);
  await checkKey(context.records.read, context.caller.accountId, snapshot.kmsKeyId);
  return snapshot;
}

/**
 * Opens a snapshot's manifest for the time of `use`.
 * @throws ResourceNotFoundException for a snapshot deleted meanwhile
 */
export async function withManifest<T>(
  { blocks }: Context,
  { snapshotId }: Snapshot,
  use: (manifest: Manifest) => Promise<T>,
): Promise<T> {
  const manifest = await blocks.openManifest(snapshotId);
  if (!manifest) throw noSuchSnapshot(snapshotId);
  try {
    return await use(manifest);
  } finally {
    await manifest.close();
  }
}

/**
 * One page of a listing. `purpose` says which listing: the tokens of others are refused.
 * @param list answers what it lists from a block index on, ascending, each with its index first
 * @throws ValidationException
 */
export async function pageOfBlocks<T extends readonly [index: number, ...unknown[]]>(
  context: Context,
  purpose: readonly string[],
  input: BlockListRequest & { NextToken?: string },
  list: (from: number) => AsyncIterable<T[]>,
) {
  const asked = parseBlockRange(input);
  const seal = ['page', context.caller.accountId, ...purpose].join(' ');
  const start = input.NextToken ? context.tokens.open(seal, input.NextToken) : asked.start;
  if (start === undefined) throw invalidPageToken();
  const page: T[] = [];
  for await (const batch of list(Number(start))) {
    page.push(...batch.slice(0, asked.limit + 1 - page.length));
    if (page.length > asked.limit) break;
  }
  const next = page.splice(asked.limit)[0]?.[0];
  return { page, NextToken: next === undefined ? undefined : context.tokens.seal(seal, String(next)) };
}

/** Makes the tokens with which the caller reads blocks, until `ExpiryTime`. */
export function blockTokens(context: Context) {
  const ExpiryTime = blockTokenExpiry(context.now());
  return {
    ExpiryTime,
    /** Undefined where the snapshot has no block. */
    tokenOf(snapshotId: string, index: number, block: BlockReference | undefined): string | undefined {
      const purpose = blockTokenPurpose(context.caller.accountId, snapshotId, index);
      return block && context.tokens.seal(purpose, writeBlockToken(block, ExpiryTime));
    },
  };
}
