import { missingParameter } from '../../domain/errors.ts';
import { checkMetadataTags } from '../../domain/metadata-options.ts';
import { parseTags } from '../../domain/tags.ts';
import { writeTags } from '../tagging.ts';
import { refreshGuestTags } from './guest-tags.ts';
import { operation } from './operation.ts';
import { checkTagTargets } from './tag-targets.ts';
import { taggableResources } from './taggable-resources.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html
 * Tags belong to the account that sets them: others who see the resource do not see them.
 */
export const createTags = operation('CreateTags', async (input, context) => {
  const { accountId } = context.caller;
  const ids = checkTagTargets(input.Resources);
  if (!input.Tags?.length) throw missingParameter('Tag');
  const tags = parseTags(input.Tags);
  await context.records.transaction(async records => {
    const resources = await taggableResources(records, context.caller, ids);
    for (const { instance } of resources) if (instance) checkMetadataTags(instance.metadataOptions, tags);
    for (const resource of resources) await writeTags(records, accountId, resource, tags);
    await refreshGuestTags(records, context, resources);
  });
  context.jobs.wake();
  return {};
});
