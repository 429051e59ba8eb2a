import type { AccountSettings } from '../../domain/account-settings.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';

type Complete = Required<AccountSettings>;

/**
 * What holds for the caller's account in this region. Accounts with an alias are there to publish images: nothing is
 * blocked for them unless they ask. Asked for outside a transaction.
 */
export async function defaultSettings(context: Context): Promise<Complete> {
  const { accountId } = context.caller;
  const publisher = (await context.accounts.get(accountId))?.alias !== undefined;
  return {
    accountId,
    imageBlockPublicAccess: publisher ? 'unblocked' : context.defaults.imageBlockPublicAccess,
    snapshotBlockPublicAccess: 'unblocked',
    allowedImagesState: 'disabled',
    imageCriteria: [],
    metadataDefaults: {},
    serialConsoleAccess: false,
    hasNoDefaultVpc: false,
  };
}

/** The account's own choices over the defaults. */
export async function settingsOf(
  records: Pick<RegionReader, 'accountSettings'>,
  defaults: Complete,
): Promise<Complete> {
  return { ...defaults, ...(await records.accountSettings.get(defaults.accountId)) };
}

/** Writes a choice beside the others the caller has made. */
export async function changeSettings(
  context: Context,
  change: Omit<AccountSettings, 'accountId'>,
): Promise<void> {
  const { accountId } = context.caller;
  await context.records.transaction(async records => {
    const before = await records.accountSettings.get(accountId);
    await records.accountSettings.put({ ...before, ...change, accountId });
  });
}
