import { fail } from '../../domain/errors.ts';
import {
  checkTemplateName,
  checkVersionDescription,
  type LaunchTemplate,
  templateIdNotFound,
  templateNameTaken,
} from '../../domain/launch-template.ts';
import { settleTags } from '../../domain/tags.ts';
import { remember, replayed } from '../idempotency.ts';
import { loadTags, writeTags } from '../tagging.ts';
import { parseTemplateData } from './launch-template-data.ts';
import { operation } from './operation.ts';
import { presentLaunchTemplate } from './present/launch-template.ts';
import { required } from './request.ts';

const action = 'CreateLaunchTemplate';
const longestToken = 128;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html */
export const createLaunchTemplate = operation('CreateLaunchTemplate', async (input, context) => {
  const { accountId, arn } = context.caller;
  const name = checkTemplateName(required(input.LaunchTemplateName, 'LaunchTemplateName'));
  const data = parseTemplateData(input.LaunchTemplateData);
  const description = checkVersionDescription(input.VersionDescription);
  const tags = settleTags(input.TagSpecifications, ['launch-template']);
  return context.records.transaction(async records => {
    const shown = async (template: LaunchTemplate) => {
      const tagsOf = await loadTags(records, accountId, [template.launchTemplateId]);
      return { LaunchTemplate: presentLaunchTemplate(template, tagsOf(template.launchTemplateId)) };
    };
    const before = await replayed(records, context, action, input, longestToken);
    if (before !== undefined)
      return shown((await records.launchTemplates.get(before)) ?? fail(templateIdNotFound(before)));
    const [holder] = await records.launchTemplates.list({ ownerId: accountId, name });
    if (holder) throw templateNameTaken();
    const launchTemplateId = context.newId('lt');
    const made = {
      launchTemplateId,
      ownerId: accountId,
      createTime: context.now().toISOString(),
      createdBy: arn,
    };
    const template: LaunchTemplate = { ...made, name, defaultVersion: 1, latestVersion: 1, lastVersion: 1 };
    await records.launchTemplates.put(template);
    await records.launchTemplateVersions.put({ ...made, version: 1, description, data });
    await writeTags(
      records,
      accountId,
      { id: launchTemplateId, type: 'launch-template' },
      tags['launch-template'],
    );
    await remember(records, context, action, input, launchTemplateId);
    return shown(template);
  });
});
