import { invalidParameterValue } from '../../domain/errors.ts';
import { sharedWith } from '../../domain/snapshot-permission.ts';
import { ownedSnapshot } from './find-snapshot.ts';
import { operation } from './operation.ts';
import { required } from './request.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResetSnapshotAttribute.html
 * Only the permission to create volumes can be reset: the snapshot is its owner's alone again.
 */
export const resetSnapshotAttribute = operation('ResetSnapshotAttribute', async (input, context) => {
  const attribute: string = required(input.Attribute, 'Attribute');
  await context.records.transaction(async records => {
    const snapshot = await ownedSnapshot(records, context.caller.accountId, input.SnapshotId);
    if (attribute !== 'createVolumePermission')
      throw invalidParameterValue(
        `Value (${attribute}) for parameter attribute is invalid. Only createVolumePermission can be reset.`,
      );
    await records.snapshots.put(sharedWith(snapshot, []));
  });
  return {};
});
