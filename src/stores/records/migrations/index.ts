import { accountCollectionsMigration } from './0001-account-collections.ts';
import { regionCollectionsMigration } from './0001-region-collections.ts';
import { accountSettingsMigration } from './0002-account-settings.ts';
import { imageKnowledgeMigration } from './0003-image-knowledge.ts';
import type { Migration } from './migration.ts';

/** In order; a step's number is its place, from 1. Append only. */
export const regionMigrations: readonly Migration[] = [
  regionCollectionsMigration,
  accountSettingsMigration,
  imageKnowledgeMigration,
];
export const accountMigrations: readonly Migration[] = [accountCollectionsMigration];
