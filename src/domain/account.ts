export const accountAliases = ['amazon', 'aws-marketplace', 'aws-backup-vault'] as const;

export interface Account {
  accountId: string;
  name: string;
  /** Shown as `imageOwnerAlias` and accepted by `Owner`. */
  alias?: (typeof accountAliases)[number];
}

/** Who signed a request. */
export interface Caller {
  accountId: string;
  accessKeyId: string;
  arn: string;
}
