import { accountCollectionsMigration } from './0001-account-collections.ts';
import { regionCollectionsMigration } from './0001-region-collections.ts';
import { accountSettingsMigration } from './0002-account-settings.ts';
import { kmsCollectionsMigration } from './0003-kms-collections.ts';
import { keysMigration } from './0004-keys.ts';
import type { Migration } from './migration.ts';

/** In order; a step's number is its place, from 1. Append only. */
export const regionMigrations: readonly Migration[] = [
  regionCollectionsMigration,
  accountSettingsMigration,
  kmsCollectionsMigration,
  keysMigration,
];
export const accountMigrations: readonly Migration[] = [accountCollectionsMigration];
