import { missingParameter } from '../../domain/errors.ts';
import { loadTags } from '../tagging.ts';
import { findTemplate, findVersion } from './launch-template-lookup.ts';
import { operation } from './operation.ts';
import { presentLaunchTemplate } from './present/launch-template.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyLaunchTemplate.html
 * Repeated it does the same again, so that its ClientToken need not be remembered.
 */
export const modifyLaunchTemplate = operation('ModifyLaunchTemplate', async (input, context) => {
  const { accountId } = context.caller;
  const wanted = input.DefaultVersion;
  if (!wanted) throw missingParameter('SetDefaultVersion');
  return context.records.transaction(async records => {
    const template = await findTemplate(records, accountId, input);
    const { version } = await findVersion(records, template, wanted);
    const changed = { ...template, defaultVersion: version };
    await records.launchTemplates.put(changed);
    const tagsOf = await loadTags(records, accountId, [template.launchTemplateId]);
    return { LaunchTemplate: presentLaunchTemplate(changed, tagsOf(template.launchTemplateId)) };
  });
});
