export const accountAliases = ['amazon', 'aws-marketplace', 'aws-backup-vault'] as const;
export type AccountAlias = (typeof accountAliases)[number];

export interface Account {
  accountId: string;
  name: string;
  /** Shown as `imageOwnerAlias` and accepted by `Owner`. */
  alias?: AccountAlias;
}

export function isAccountAlias(word: string): word is AccountAlias {
  return accountAliases.some(alias => alias === word);
}

/** Who looks at a shared resource. */
export interface Viewer {
  accountId: string;
  /** ARNs of the organisation and organisational units the account is in, nested ones included. */
  memberOf: readonly string[];
}

/** Who signed a request. */
export interface Caller {
  accountId: string;
  accessKeyId: string;
  arn: string;
}
