import { accountCollectionsMigration } from './0001-account-collections.ts';
import { regionCollectionsMigration } from './0001-region-collections.ts';
import { accountSettingsMigration } from './0002-account-settings.ts';
import { kmsCollectionsMigration } from './0003-kms-collections.ts';
import { importTasksMigration } from './0004-import-tasks.ts';
import { recycleBinMigration } from './0005-recycle-bin.ts';
import { fastSnapshotRestoresMigration } from './0006-fast-snapshot-restores.ts';
import { keysMigration } from './0007-keys.ts';
import { imageKnowledgeMigration } from './0008-image-knowledge.ts';
import { networkInterfacesMigration } from './0009-network-interfaces.ts';
import { elasticAddressesMigration } from './0010-elastic-addresses.ts';
import { routingMigration } from './0011-routing.ts';
import { replaceRootVolumeTasksMigration } from './0012-replace-root-volume-tasks.ts';
import type { Migration } from './migration.ts';

/** In order; a step's number is its place, from 1. Append only. */
export const regionMigrations: readonly Migration[] = [
  regionCollectionsMigration,
  accountSettingsMigration,
  kmsCollectionsMigration,
  importTasksMigration,
  recycleBinMigration,
  fastSnapshotRestoresMigration,
  keysMigration,
  imageKnowledgeMigration,
  networkInterfacesMigration,
  elasticAddressesMigration,
  routingMigration,
  replaceRootVolumeTasksMigration,
];
export const accountMigrations: readonly Migration[] = [accountCollectionsMigration];
