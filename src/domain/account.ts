export interface Account {
  accountId: string;
  name: string;
  /** Shown as `imageOwnerAlias` and accepted by `Owner`. */
  alias?: 'amazon' | 'aws-marketplace' | 'aws-backup-vault';
}

/** Who signed a request. */
export interface Caller {
  accountId: string;
  accessKeyId: string;
  arn: string;
}
