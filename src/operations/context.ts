import type { Account, Caller } from '../domain/account.ts';
import type { IdPrefix } from '../domain/ids.ts';
import type { Engine } from '../engines/engine.ts';
import type { JobQueue } from '../jobs/job.ts';
import type { BlockStore } from '../stores/blocks/block-store.ts';
import type { RegionDatabase } from '../stores/records/database.ts';

/** What an operation may use. One region's; `caller` has signed the request. */
export interface Context {
  readonly caller: Caller;
  readonly region: RegionInfo;
  readonly records: RegionDatabase;
  readonly jobs: JobQueue;
  readonly blocks: BlockStore;
  readonly engine: Pick<Engine, 'consoleOutput'>;
  readonly accounts: Accounts;
  now(): Date;
  newId(prefix: IdPrefix): string;
}

export interface RegionInfo {
  readonly name: string;
  /** Zone names, e.g. `us-east-1a`. */
  readonly zones: readonly string[];
  /** All configured regions, this one included. */
  readonly all: ReadonlyArray<{ name: string; zones: readonly string[] }>;
  /** `host:port` of the endpoint that serves every region. */
  readonly endpoint: string;
  /** The CIDR within 127/8 from which this region takes public addresses. */
  readonly publicCidrBlock: string;
}

/** Looks up other accounts: owner aliases, and whether a grantee exists. */
export interface Accounts {
  get(accountId: string): Promise<Account | undefined>;
  byAlias(alias: string): Promise<Account | undefined>;
}
