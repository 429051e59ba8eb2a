import { checkTagKey, removeTags } from '../../domain/tags.ts';
import { refreshGuestTags } from './guest-tags.ts';
import { operation } from './operation.ts';
import { checkTagTargets } from './tag-targets.ts';
import { taggableResources } from './taggable-resources.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html
 * A tag without a value goes whatever its value, one with a value (also an empty one) only if it has it; no tag at all
 * means every one the caller set.
 */
export const deleteTags = operation('DeleteTags', async (input, context) => {
  const { accountId } = context.caller;
  const ids = checkTagTargets(input.Resources);
  const removals = input.Tags?.length
    ? input.Tags.map(tag => ({ key: checkTagKey(tag.Key), value: tag.Value }))
    : undefined;
  await context.records.transaction(async records => {
    const resources = await taggableResources(records, context.caller, ids);
    for (const { id } of resources) {
      const set = await records.tags.get(`${id}/${accountId}`);
      if (!set) continue;
      const tags = { ...removeTags(set.tags, removals) };
      if (Object.keys(tags).length > 0) await records.tags.put({ ...set, tags });
      else await records.tags.delete(`${id}/${accountId}`);
    }
    await refreshGuestTags(records, context, resources);
  });
  context.jobs.wake();
  return {};
});
