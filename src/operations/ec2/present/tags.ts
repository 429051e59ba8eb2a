import type { Tag } from '@aws-sdk/client-ec2';
import type { Tags } from '../../../domain/tags.ts';

export function presentTags(tags: Tags): Tag[] {
  return Object.entries(tags)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([Key, Value]) => ({ Key, Value }));
}
