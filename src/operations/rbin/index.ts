import type { Operation } from '../operation.ts';
import { createRule } from './create-rule.ts';
import { deleteRule } from './delete-rule.ts';
import { getRule } from './get-rule.ts';
import { listRules } from './list-rules.ts';
import { listTagsForResource } from './list-tags-for-resource.ts';
import { lockRule } from './lock-rule.ts';
import { tagResource } from './tag-resource.ts';
import { unlockRule } from './unlock-rule.ts';
import { untagResource } from './untag-resource.ts';
import { updateRule } from './update-rule.ts';

/** Every action of the service `rbin`, the Recycle Bin. */
export const operations: Operation[] = [
  createRule,
  deleteRule,
  getRule,
  listRules,
  listTagsForResource,
  lockRule,
  tagResource,
  unlockRule,
  untagResource,
  updateRule,
];
