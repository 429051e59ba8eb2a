import { fail } from '../../domain/errors.ts';
import { type FilterTable, matcher } from '../../domain/filters.ts';
import {
  type LaunchTemplate,
  templateIdNotFound,
  templateNameNotFound,
} from '../../domain/launch-template.ts';
import { page } from '../../domain/pages.ts';
import { loadTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { presentLaunchTemplate } from './present/launch-template.ts';
import { idList } from './request.ts';

const filters: FilterTable<LaunchTemplate> = {
  'create-time': template => template.createTime,
  'launch-template-name': template => template.name,
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplates.html */
export const describeLaunchTemplates = operation('DescribeLaunchTemplates', async (input, context) => {
  const { accountId } = context.caller;
  const { read } = context.records;
  const ids = idList('lt', input.LaunchTemplateIds);
  const names = [...new Set(input.LaunchTemplateNames ?? [])].filter(name => name !== '');
  const own = await read.launchTemplates.list({ ownerId: accountId });
  for (const id of ids) own.some(one => one.launchTemplateId === id) || fail(templateIdNotFound(id));
  for (const name of names) own.some(one => one.name === name) || fail(templateNameNotFound(name));

  const tagsOf = await loadTags(
    read,
    accountId,
    own.map(template => template.launchTemplateId),
  );
  const matches = matcher(input.Filters, filters, template => tagsOf(template.launchTemplateId));
  const asked = own
    .filter(
      ({ launchTemplateId, name }) =>
        (ids.length === 0 && names.length === 0) || ids.includes(launchTemplateId) || names.includes(name),
    )
    .filter(matches);
  const { items, NextToken } = page(asked, template => template.launchTemplateId, {
    action: 'DescribeLaunchTemplates',
    MaxResults: input.MaxResults,
    NextToken: input.NextToken || undefined,
    least: 1,
    most: 200,
  });
  return {
    LaunchTemplates: items.map(one => presentLaunchTemplate(one, tagsOf(one.launchTemplateId))),
    NextToken,
  };
});
