import { fail } from '../../domain/errors.ts';
import {
  checkVersionDescription,
  launchTemplateVersionId,
  templateVersionNotFound,
} from '../../domain/launch-template.ts';
import { aliasedAccounts } from '../aliased-accounts.ts';
import { remember, replayed } from '../idempotency.ts';
import { inheritedData, parseTemplateData } from './launch-template-data.ts';
import { findTemplate, findVersion } from './launch-template-lookup.ts';
import { operation } from './operation.ts';
import { presentLaunchTemplateVersion } from './present/launch-template.ts';
import { resolveTemplateImage } from './resolve-image.ts';

const action = 'CreateLaunchTemplateVersion';
const longestToken = 128;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplateVersion.html */
export const createLaunchTemplateVersion = operation(
  'CreateLaunchTemplateVersion',
  async (input, context) => {
    const { accountId, arn } = context.caller;
    const given = parseTemplateData(input.LaunchTemplateData);
    const description = checkVersionDescription(input.VersionDescription);
    const aliased = input.ResolveAlias ? await aliasedAccounts(context) : undefined;
    return context.records.transaction(async records => {
      const template = await findTemplate(records, accountId, input);
      const before = await replayed(records, context, action, input, longestToken);
      if (before !== undefined) {
        const version =
          (await records.launchTemplateVersions.get(before)) ??
          fail(templateVersionNotFound(template.launchTemplateId, before));
        return { LaunchTemplateVersion: presentLaunchTemplateVersion(template, version) };
      }
      const source = input.SourceVersion && (await findVersion(records, template, input.SourceVersion));
      const number = template.lastVersion + 1;
      const version = {
        ...{ launchTemplateId: template.launchTemplateId, ownerId: accountId, version: number, description },
        ...{ createTime: context.now().toISOString(), createdBy: arn },
        data: { ...(source && inheritedData(source.data)), ...given },
      };
      const grown = { ...template, latestVersion: number, lastVersion: number };
      await records.launchTemplates.put(grown);
      await records.launchTemplateVersions.put(version);
      await remember(records, context, action, input, launchTemplateVersionId(version));
      const shown = aliased ? await resolveTemplateImage(records, context, aliased, version) : version;
      return { LaunchTemplateVersion: presentLaunchTemplateVersion(grown, shown) };
    });
  },
);
