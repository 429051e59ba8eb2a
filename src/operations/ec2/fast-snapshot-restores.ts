/** What enabling and disabling fast snapshot restores have in common. */
import { ApiError, fail, invalidParameterCombination, missingParameter } from '../../domain/errors.ts';
import { isWanted, moved } from '../../domain/fast-snapshot-restore.ts';
import { zoneId } from '../../domain/network-zones.ts';
import { zoneNotFound } from '../../domain/volume-errors.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { idList } from './request.ts';

interface Request {
  AvailabilityZones?: string[];
  AvailabilityZoneIds?: string[];
  SourceSnapshotIds?: string[];
}

/** Why one snapshot has, or keeps, none in one zone; other snapshots of the request are not kept from theirs. */
interface Refused {
  SnapshotId: string;
  FastSnapshotRestoreStateErrors: {
    AvailabilityZone: string;
    AvailabilityZoneId: string;
    Error: { Code: string; Message: string };
  }[];
}

/** @throws MissingParameter, InvalidParameterCombination, InvalidZone.NotFound, InvalidSnapshotID.Malformed */
export function parseFastRestores(
  input: Request,
  zones: readonly string[],
): { ids: string[]; zones: string[] } {
  const names = [...new Set(input.AvailabilityZones ?? [])];
  const zoneIds = [...new Set(input.AvailabilityZoneIds ?? [])];
  if (names.length > 0 && zoneIds.length > 0)
    throw invalidParameterCombination('Specify either AvailabilityZones or AvailabilityZoneIds.');
  if (names.length + zoneIds.length === 0) throw missingParameter('AvailabilityZone');
  const ids = idList('snap', input.SourceSnapshotIds);
  if (ids.length === 0) throw missingParameter('SourceSnapshotId');
  return {
    ids,
    zones: [
      ...names.map(name => zones.find(zone => zone === name) ?? fail(zoneNotFound(name))),
      ...zoneIds.map(id => zones.find(zone => zoneId(zone) === id) ?? fail(zoneNotFound(id))),
    ],
  };
}

export function refused(SnapshotId: string, zones: readonly string[], error: ApiError): Refused {
  return {
    SnapshotId,
    FastSnapshotRestoreStateErrors: zones.map(zone => ({
      AvailabilityZone: zone,
      AvailabilityZoneId: zoneId(zone),
      Error: { Code: error.code, Message: error.message },
    })),
  };
}

/** What `check` throws for the caller. Anything else is no answer. */
export async function refusalOf(check: () => Promise<void>): Promise<ApiError | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

/** Has a job see to what changed about a snapshot. */
export function seeTo(records: RegionWriter, context: Context, snapshotId: string): Promise<void> {
  return context.jobs.enqueue(records, 'fast-snapshot-restores', `fast-restores/${snapshotId}`, {
    snapshotId,
  });
}

/** A snapshot that is deleted has none any more, whoever enabled it. */
export async function disableAll(records: RegionWriter, context: Context, snapshotId: string): Promise<void> {
  const restores = (await records.fastSnapshotRestores.list({ snapshotId })).filter(isWanted);
  for (const restore of restores)
    await records.fastSnapshotRestores.put(moved(restore, 'disabling', context.now()));
  if (restores.length > 0) await seeTo(records, context, snapshotId);
}
