import { type BlockListRequest, pageOfIndexes, parseBlockRange } from '../../domain/block-list.ts';
import { blockTokenExpiry, blockTokenPurpose, writeBlockToken } from '../../domain/block-token.ts';
import { invalidPageToken, noSuchSnapshot, snapshotNotReadable } from '../../domain/ebs-errors.ts';
import type { Manifest } from '../../domain/manifest.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
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

/** @throws ResourceNotFoundException for a snapshot deleted meanwhile */
export async function manifestOf(context: Context, { snapshotId }: Snapshot): Promise<Manifest> {
  const manifest = await context.blocks.getManifest(snapshotId);
  if (!manifest) throw noSuchSnapshot(snapshotId);
  return manifest;
}

/** One page of a listing. `purpose` says which listing: the tokens of others are refused. @throws ValidationException */
export function pageOfBlocks(
  context: Context,
  purpose: readonly string[],
  input: BlockListRequest & { NextToken?: string },
  indexes: Iterable<number>,
) {
  const asked = parseBlockRange(input);
  const seal = ['page', context.caller.accountId, ...purpose].join(' ');
  const start = input.NextToken ? context.tokens.open(seal, input.NextToken) : asked.start;
  if (start === undefined) throw invalidPageToken();
  const { indexes: page, next } = pageOfIndexes(indexes, { ...asked, start: Number(start) });
  return { page, NextToken: next === undefined ? undefined : context.tokens.seal(seal, String(next)) };
}

/** Makes the tokens with which the caller reads blocks, until `ExpiryTime`. */
export function blockTokens(context: Context) {
  const ExpiryTime = blockTokenExpiry(context.now());
  return {
    ExpiryTime,
    /** Undefined where the snapshot has no block. */
    tokenOf({ snapshotId, blocks }: Manifest, index: number): string | undefined {
      const reference = blocks.get(index);
      const purpose = blockTokenPurpose(context.caller.accountId, snapshotId, index);
      return reference && context.tokens.seal(purpose, writeBlockToken(reference, ExpiryTime));
    },
  };
}
