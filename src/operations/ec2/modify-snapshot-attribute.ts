import { invalidParameterValue } from '../../domain/errors.ts';
import {
  changeSnapshotPermissions,
  checkSnapshotSharing,
  parseSnapshotPermissionChange,
  type SnapshotPermissionChange,
  sharedWith,
} from '../../domain/snapshot-permission.ts';
import type { Accounts } from '../context.ts';
import { keyOfSnapshot } from '../kms-keys.ts';
import { defaultSettings, settingsOf } from './account-settings.ts';
import { ownedSnapshot } from './find-snapshot.ts';
import { operation } from './operation.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySnapshotAttribute.html
 * Who else may create volumes from the snapshot, copy it, and read its blocks.
 */
export const modifySnapshotAttribute = operation('ModifySnapshotAttribute', async (input, context) => {
  const { accountId } = context.caller;
  const found = await ownedSnapshot(context.records.read, accountId, input.SnapshotId);
  const change = parseSnapshotPermissionChange(input);
  await checkGrantees(context.accounts, change);
  const defaults = await defaultSettings(context);

  await context.records.transaction(async records => {
    const snapshot = await ownedSnapshot(records, accountId, found.snapshotId);
    const { snapshotBlockPublicAccess } = await settingsOf(records, defaults);
    checkSnapshotSharing(snapshot, change, {
      publicBlocked: snapshotBlockPublicAccess !== 'unblocked',
      key: await keyOfSnapshot(records, snapshot),
    });
    const permissions = changeSnapshotPermissions(snapshot.createVolumePermissions, change);
    await records.snapshots.put(sharedWith(snapshot, permissions));
  });
  return {};
});

/** A grant to an account nobody has would be a typing error that shows only when the grantee looks for it. */
async function checkGrantees(accounts: Accounts, change: SnapshotPermissionChange): Promise<void> {
  if (change.operation !== 'add') return;
  for (const grantee of change.grantees)
    if (grantee !== 'all' && !(await accounts.get(grantee)))
      throw invalidParameterValue(
        `Value (${grantee}) for parameter userId is invalid. There is no such account.`,
      );
}
