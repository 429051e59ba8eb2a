import { ApiError } from '../../domain/errors.ts';
import {
  type FastSnapshotRestore,
  fastRestoreId,
  isWanted,
  moved,
} from '../../domain/fast-snapshot-restore.ts';
import { parseFastRestores, refused, seeTo } from './fast-snapshot-restores.ts';
import { operation } from './operation.ts';
import { presentFastRestore } from './present/fast-snapshot-restore.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisableFastSnapshotRestores.html */
export const disableFastSnapshotRestores = operation(
  'DisableFastSnapshotRestores',
  async (input, context) => {
    const { accountId: ownerId } = context.caller;
    const { ids, zones } = parseFastRestores(input, context.region.zones);
    const answer = await context.records.transaction(async records => {
      const disabled: FastSnapshotRestore[] = [];
      const unsuccessful: ReturnType<typeof refused>[] = [];
      for (const snapshotId of ids) {
        const without: string[] = [];
        for (const availabilityZone of zones) {
          const id = fastRestoreId({ snapshotId, availabilityZone, ownerId });
          const present = await records.fastSnapshotRestores.get(id);
          if (!present || !isWanted(present)) {
            without.push(availabilityZone);
            continue;
          }
          const restore = moved(present, 'disabling', context.now());
          await records.fastSnapshotRestores.put(restore);
          disabled.push(restore);
        }
        if (without.length > 0) unsuccessful.push(refused(snapshotId, without, notEnabled(snapshotId)));
        if (without.length < zones.length) await seeTo(records, context, snapshotId);
      }
      return { Successful: disabled.map(presentFastRestore), Unsuccessful: unsuccessful };
    });
    context.jobs.wake();
    return answer;
  },
);

const notEnabled = (snapshotId: string) =>
  new ApiError('IncorrectState', `Fast snapshot restore is not enabled for '${snapshotId}' in this zone.`);
