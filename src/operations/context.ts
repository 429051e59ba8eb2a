import type { Account, Caller, Viewer } from '../domain/account.ts';
import type { AccountDefaults } from '../domain/account-settings.ts';
import type { IdPrefix } from '../domain/ids.ts';
import type { Organization } from '../domain/organizations.ts';
import type { Engine } from '../engines/engine.ts';
import type { JobQueue } from '../jobs/job.ts';
import type { Log } from '../log.ts';
import type { BlockStore } from '../stores/blocks/block-store.ts';
import type { RegionDatabase } from '../stores/records/database.ts';

/** What an operation may use. One region's; `caller` has signed the request. */
export interface Context {
  readonly caller: Caller & Viewer;
  readonly region: RegionInfo;
  readonly records: RegionDatabase;
  readonly jobs: JobQueue;
  readonly blocks: BlockStore;
  readonly engine: Pick<Engine, 'consoleOutput' | 'interrupt' | 'lacking' | 'screenshot'>;
  readonly accounts: Accounts;
  /** All there are. */
  readonly organizations: readonly Organization[];
  readonly tokens: Tokens;
  /** What the instances of the region may have together. */
  readonly capacity: { readonly guestMemoryMiB: number };
  /** What holds for an account until it says otherwise. */
  readonly defaults: AccountDefaults;
  readonly log: Log;
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

/** What a client keeps for us between two calls: it can neither read nor change it. Survives a restart. */
export interface Tokens {
  /** Base64. `purpose` says whose token it is and what for, and must be said again to open it. */
  seal(purpose: string, text: string): string;
  /** Undefined for anything but a token that was sealed for this purpose. */
  open(purpose: string, token: string): string | undefined;
}

/** Looks up other accounts: owner aliases, and whether a grantee exists. */
export interface Accounts {
  get(accountId: string): Promise<Account | undefined>;
  byAlias(alias: string): Promise<Account | undefined>;
  /** The few that have an alias. */
  aliased(): Promise<Account[]>;
}
