import { accountCollectionsMigration } from './0001-account-collections.ts';
import { regionCollectionsMigration } from './0001-region-collections.ts';
import { keysMigration } from './0002-keys.ts';
import type { Migration } from './migration.ts';

/** In order; a step's number is its place, from 1. Append only. */
export const regionMigrations: readonly Migration[] = [regionCollectionsMigration, keysMigration];
export const accountMigrations: readonly Migration[] = [accountCollectionsMigration];
