import type { AccountRecords } from './stores/records/accounts.ts';

/** The account id under which Amazon publishes its own Linux images: clients know it. */
const amazonId = '137112412989';

/** Makes what a new cloud needs: an account for its user, and `amazon`, the owner of the images that come with it. */
export async function createFirstAccounts(accounts: AccountRecords): Promise<void> {
  const existing = await accounts.list();
  if (!existing.some(account => !account.alias)) await accounts.create({ name: 'first' });
  if (!existing.some(account => account.alias === 'amazon'))
    await accounts.create({ name: 'amazon', alias: 'amazon', accountId: amazonId });
}
