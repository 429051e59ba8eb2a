import { print, table } from '../output.ts';
import { loadMaintenance } from '../server.ts';

interface AccountOptions {
  data: string;
  json?: boolean;
}

export async function accountCreate(options: AccountOptions & { name: string }): Promise<void> {
  const { createAccount } = await loadMaintenance();
  const account = await createAccount(options.data, { name: options.name });
  print(options.json, account, [
    `export AWS_ACCESS_KEY_ID=${account.accessKeyId}`,
    `export AWS_SECRET_ACCESS_KEY=${account.secretAccessKey}`,
    `# account ${account.accountId}, ${options.name}`,
  ]);
}

export async function accountList(options: AccountOptions): Promise<void> {
  const { listAccounts } = await loadMaintenance();
  const accounts = await listAccounts(options.data);
  const rows = accounts.map(account => [
    account.accountId,
    account.name ?? '',
    account.alias ?? '',
    account.accessKeyId ?? '',
  ]);
  print(options.json, accounts, table(['account', 'name', 'alias', 'access key'], rows));
}
