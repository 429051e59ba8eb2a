import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from './errors.ts';

export interface ReadyAccount {
  accountId: string;
  accessKeyId: string;
  secretAccessKey: string;
  name?: string;
  alias?: string;
}

/** What a server that is ready says of itself, in DATA/ready.json. */
export interface Ready {
  endpoint: string;
  consoleUrl: string | null;
  regions: readonly string[];
  accounts: ReadyAccount[];
}

export async function readReady(data: string): Promise<Ready> {
  const path = join(data, 'ready.json');
  const text = await readFile(path, 'utf8').catch(error => {
    throw new Refusal(
      error.code === 'ENOENT'
        ? `There is no ${path}: start a server with \`npm run up\`, or name one with --data or AWS_ENDPOINT_URL.`
        : `${path} could not be read: ${error.message}`,
    );
  });
  try {
    return JSON.parse(text) as Ready;
  } catch (cause) {
    throw new Refusal(`${path} is damaged: start the server again, which writes it anew.`, { cause });
  }
}

/** The account a command acts as: the one named by id, name or alias, else the first that is a person's. */
export function chooseAccount(ready: Ready, wanted?: string): ReadyAccount {
  const found = wanted
    ? ready.accounts.find(account => [account.accountId, account.name, account.alias].includes(wanted))
    : (ready.accounts.find(account => !account.alias) ?? ready.accounts[0]);
  if (found) return found;
  const known = ready.accounts.map(account => account.alias ?? account.accountId).join(', ') || 'none';
  throw new Refusal(`The server has no account ${wanted ?? ''}; its accounts are: ${known}.`);
}
