import { invalidParameterValue, unsupportedOperation } from '../../domain/errors.ts';
import { ownedSnapshot } from './find-snapshot.ts';
import { operation } from './operation.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySnapshotTier.html
 * There is one store, and what is in it is in the standard tier. A snapshot called archived would be as near as before, and
 * cost as much.
 */
export const modifySnapshotTier = operation('ModifySnapshotTier', async (input, context) => {
  const { snapshotId } = await ownedSnapshot(
    context.records.read,
    context.caller.accountId,
    input.SnapshotId,
  );
  const tier = input.StorageTier;
  if (tier && tier !== 'archive')
    throw invalidParameterValue(`Value (${tier}) for parameter StorageTier is invalid. Expecting archive.`);
  throw unsupportedOperation(
    `The snapshot '${snapshotId}' stays in the standard tier: there is no archive tier here. Export it to a file instead.`,
  );
});
