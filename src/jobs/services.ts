import type { Disks } from '../disks/disk.ts';
import type { Engine } from '../engines/engine.ts';
import type { IdentitySigner } from '../identity/identity-signer.ts';
import type { Importer } from '../imports/importer.ts';
import type { Log } from '../log.ts';
import type { Network } from '../networks/network.ts';
import type { BlockStore } from '../stores/blocks/block-store.ts';
import type { RegionDatabase } from '../stores/records/database.ts';
import type { JobQueue } from './job.ts';
import type { KeyedLock } from './keyed-lock.ts';

/** What jobs of a region work with. */
export interface JobServices {
  readonly region: string;
  readonly records: RegionDatabase;
  readonly blocks: BlockStore;
  readonly disks: Disks;
  readonly imports: Importer;
  readonly engine: Engine;
  readonly network: Network;
  readonly identity: Pick<IdentitySigner, 'sign'>;
  readonly jobs: JobQueue;
  /** Held per VPC while its plan is read and applied, and for `manifests` while one may be deleted or become a base. */
  readonly locks: KeyedLock;
  readonly log: Log;
  /** How long a guest may take to shut down before its plug is pulled, in milliseconds. */
  readonly shutdownTimeout: number;
  now(): Date;
}
