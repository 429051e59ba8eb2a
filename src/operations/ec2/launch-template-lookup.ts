import { fail, invalidParameterCombination, missingParameter } from '../../domain/errors.ts';
import { checkId } from '../../domain/ids.ts';
import {
  type LaunchTemplate,
  type LaunchTemplateVersion,
  launchTemplateVersionId,
  templateIdNotFound,
  templateNameNotFound,
  templateVersionNotFound,
  versionNumber,
} from '../../domain/launch-template.ts';
import type { RegionReader } from '../../stores/records/database.ts';

/** How requests name a template: by one of the two. */
export interface TemplateReference {
  LaunchTemplateId?: string;
  LaunchTemplateName?: string;
}

type Templates = Pick<RegionReader, 'launchTemplates' | 'launchTemplateVersions'>;

/** @throws MissingParameter, InvalidParameterCombination, InvalidLaunchTemplateId.*, InvalidLaunchTemplateName.* */
export async function findTemplate(
  records: Templates,
  ownerId: string,
  { LaunchTemplateId: id, LaunchTemplateName: name }: TemplateReference,
): Promise<LaunchTemplate> {
  if (id && name)
    throw invalidParameterCombination(
      'You must specify either the launch template ID or the launch template name, but not both.',
    );
  if (id) {
    const template = await records.launchTemplates.get(checkId('lt', id));
    return template?.ownerId === ownerId ? template : fail(templateIdNotFound(id));
  }
  if (!name) throw missingParameter('LaunchTemplateId or LaunchTemplateName');
  const [template] = await records.launchTemplates.list({ ownerId, name });
  return template ?? fail(templateNameNotFound(name));
}

/** @param version `$Default`, `$Latest` or a number. @throws InvalidLaunchTemplateId.VersionNotFound */
export async function findVersion(
  records: Templates,
  template: LaunchTemplate,
  version: string,
): Promise<LaunchTemplateVersion> {
  const { launchTemplateId } = template;
  const id = launchTemplateVersionId({ launchTemplateId, version: versionNumber(template, version) });
  const found = await records.launchTemplateVersions.get(id);
  return found ?? fail(templateVersionNotFound(launchTemplateId, version));
}
