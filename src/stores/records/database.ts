import type { Account } from '../../domain/account.ts';
import type { AccountSettings } from '../../domain/account-settings.ts';
import type { ElasticAddress } from '../../domain/elastic-address.ts';
import type { FastSnapshotRestore } from '../../domain/fast-snapshot-restore.ts';
import type { Image } from '../../domain/image.ts';
import type { ImageUsageReport } from '../../domain/image-usage-report.ts';
import type { ImportSnapshotTask } from '../../domain/import-task.ts';
import type { Instance } from '../../domain/instance.ts';
import type { Job } from '../../domain/job.ts';
import type { KeyPair } from '../../domain/key-pair.ts';
import type { KeyRange } from '../../domain/key-range.ts';
import type { KmsAlias } from '../../domain/kms-alias.ts';
import type { EbsEncryption, KmsKey } from '../../domain/kms-key.ts';
import type { LaunchTemplate, LaunchTemplateVersion } from '../../domain/launch-template.ts';
import type { InternetGateway, RouteTable, SecurityGroup, Subnet, Vpc } from '../../domain/network.ts';
import type { NetworkInterface } from '../../domain/network-interface.ts';
import type { Parameter } from '../../domain/parameter.ts';
import type { BinnedImage, BinnedSnapshot } from '../../domain/recycle-bin.ts';
import type { ReplaceRootVolumeTask } from '../../domain/replace-root-volume.ts';
import type { RetentionRule } from '../../domain/retention-rule.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import type { TagSet } from '../../domain/tag.ts';
import type { Volume } from '../../domain/volume.ts';
import type { Pattern } from '../../domain/wildcard.ts';

/** A region's records. `read` sees the last commit; `transaction` is all or nothing and durable when it returns. */
export interface Database<Tables> {
  readonly read: Reader<Tables>;
  /**
   * Runs `work` in a transaction; transactions are serializable. `work` awaits nothing but its own `records` (others
   * may wait behind it: after ten seconds it is given up), and may run again on a serialization conflict (30 tries), so
   * it must have no other effect. Throwing rolls back.
   */
  transaction<T>(work: (records: Writer<Tables>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export type Reader<Tables> = { readonly [Name in keyof Tables]: ReadCollection<Tables[Name]> };
export type Writer<Tables> = { readonly [Name in keyof Tables]: Collection<Tables[Name]> };

/** Equality (or membership) on the collection's indexed fields; see collections.ts for which those are. */
export type Where = Readonly<Record<string, string | readonly string[]>>;

export interface ReadCollection<Item> {
  get(id: string): Promise<Item | undefined>;
  /** Those of the ids that exist, in no particular order. */
  getMany(ids: readonly string[]): Promise<Item[]>;
  /** Ordered by id; `after` is the last id of the page before. */
  list(where?: Where, page?: { after?: string; limit?: number }): Promise<Item[]>;
  /**
   * Items that have any of the keys, each once, in the order of their places; `after` is the place of the last item of the
   * page before. The work grows with the page and the number of ranges, never with the collection.
   */
  under(ranges: readonly KeyRange[], page: { after?: string; limit: number }): Promise<Item[]>;
  /**
   * Ids of the items whose indexed field matches one of the patterns, in no particular order, at most `limit`. It looks at
   * all values with the patterns' common beginning, beside the event loop.
   */
  match(field: string, patterns: readonly Pattern[], limit: number): Promise<string[]>;
}

export interface Collection<Item> extends ReadCollection<Item> {
  /** Inserts or replaces. @throws Conflict when another item holds one of its unique keys. */
  put(item: Item): Promise<void>;
  delete(id: string): Promise<void>;
}

/** Raised by `put` when a unique key (an image's name in an account, say) is taken. */
export class Conflict extends Error {
  override name = 'Conflict';
}

/** What every region keeps. */
export interface RegionTables {
  images: Image;
  snapshots: Snapshot;
  importTasks: ImportSnapshotTask;
  volumes: Volume;
  instances: Instance;
  keyPairs: KeyPair;
  vpcs: Vpc;
  subnets: Subnet;
  internetGateways: InternetGateway;
  routeTables: RouteTable;
  securityGroups: SecurityGroup;
  networkInterfaces: NetworkInterface;
  elasticAddresses: ElasticAddress;
  tags: TagSet;
  launchTemplates: LaunchTemplate;
  launchTemplateVersions: LaunchTemplateVersion;
  imageUsageReports: ImageUsageReport;
  parameters: Parameter;
  clientTokens: ClientToken;
  accountSettings: AccountSettings;
  kmsKeys: KmsKey;
  kmsAliases: KmsAlias;
  ebsEncryption: EbsEncryption;
  retentionRules: RetentionRule;
  binnedSnapshots: BinnedSnapshot;
  binnedImages: BinnedImage;
  fastSnapshotRestores: FastSnapshotRestore;
  replaceRootVolumeTasks: ReplaceRootVolumeTask;
  jobs: Job;
}

export type RegionDatabase = Database<RegionTables>;
export type RegionReader = Reader<RegionTables>;
export type RegionWriter = Writer<RegionTables>;

/** What an idempotent call did: `id` is `account/action/token`. */
export interface ClientToken {
  id: string;
  accountId: string;
  /** SHA-256 of the canonical input, so that a reuse with other arguments is told. */
  inputDigest: string;
  resourceId: string;
  createTime: string;
}

/** What all regions share. */
export interface AccountTables {
  accounts: Account;
  accessKeys: AccessKey;
}

export interface AccessKey {
  accessKeyId: string;
  accountId: string;
  /** Encrypted under the master key. */
  sealedSecret: string;
  createTime: string;
}

export type AccountDatabase = Database<AccountTables>;
