import type { ResourceType } from '@aws-sdk/client-ec2';
import { type FilterTable, matcher } from '../../domain/filters.ts';
import { page } from '../../domain/pages.ts';
import { operation } from './operation.ts';

interface TagView {
  resourceId: string;
  resourceType: string;
  key: string;
  value: string;
}

const tagFilters: FilterTable<TagView> = {
  key: tag => tag.key,
  'resource-id': tag => tag.resourceId,
  'resource-type': tag => tag.resourceType,
  value: tag => tag.value,
};

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTags.html
 * The tags the caller set, on its own resources and on others'.
 */
export const describeTags = operation('DescribeTags', async (input, context) => {
  const { accountId } = context.caller;
  const matches = matcher<TagView>(input.Filters, tagFilters, tag => ({ [tag.key]: tag.value }));
  const sets = await context.records.read.tags.list({ accountId });
  const matching = sets
    .flatMap(({ resourceId, resourceType, tags }) =>
      Object.entries(tags).map(([key, value]): TagView => ({ resourceId, resourceType, key, value })),
    )
    .filter(matches)
    .sort((a, b) => (byResource(a) < byResource(b) ? -1 : 1));

  const { items, NextToken } = page(matching, byResource, {
    action: 'DescribeTags',
    MaxResults: input.MaxResults,
    NextToken: input.NextToken || undefined,
    least: 5,
    most: 1000,
  });
  return {
    Tags: items.map(tag => ({
      ResourceId: tag.resourceId,
      ResourceType: tag.resourceType as ResourceType,
      Key: tag.key,
      Value: tag.value,
    })),
    NextToken,
  };
});

const byResource = (tag: TagView) => `${tag.resourceId}/${tag.key}`;
