import { launchTemplateVersionId } from '../../domain/launch-template.ts';
import { forgetTags, loadTags } from '../tagging.ts';
import { findTemplate } from './launch-template-lookup.ts';
import { operation } from './operation.ts';
import { presentLaunchTemplate } from './present/launch-template.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteLaunchTemplate.html */
export const deleteLaunchTemplate = operation('DeleteLaunchTemplate', async (input, context) => {
  const { accountId } = context.caller;
  return context.records.transaction(async records => {
    const template = await findTemplate(records, accountId, input);
    const { launchTemplateId } = template;
    const tagsOf = await loadTags(records, accountId, [launchTemplateId]);
    for (const version of await records.launchTemplateVersions.list({ launchTemplateId }))
      await records.launchTemplateVersions.delete(launchTemplateVersionId(version));
    await records.launchTemplates.delete(launchTemplateId);
    await forgetTags(records, launchTemplateId);
    return { LaunchTemplate: presentLaunchTemplate(template, tagsOf(launchTemplateId)) };
  });
});
