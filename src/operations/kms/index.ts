import type { Operation } from '../operation.ts';
import { cancelKeyDeletion } from './cancel-key-deletion.ts';
import { createAlias } from './create-alias.ts';
import { createKey } from './create-key.ts';
import { deleteAlias } from './delete-alias.ts';
import { describeKey } from './describe-key.ts';
import { disableKey } from './disable-key.ts';
import { enableKey } from './enable-key.ts';
import { listAliases } from './list-aliases.ts';
import { listKeys } from './list-keys.ts';
import { listResourceTags } from './list-resource-tags.ts';
import { scheduleKeyDeletion } from './schedule-key-deletion.ts';
import { updateAlias } from './update-alias.ts';

/** Every action of the service `kms`. */
export const operations: Operation[] = [
  // Keys
  createKey,
  describeKey,
  listKeys,
  listResourceTags,
  enableKey,
  disableKey,
  scheduleKeyDeletion,
  cancelKeyDeletion,
  // Aliases
  createAlias,
  updateAlias,
  deleteAlias,
  listAliases,
];
