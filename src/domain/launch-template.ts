import { ApiError, invalidParameterValue } from './errors.ts';

/** A launch template; its parameters are in its versions. Times are ISO 8601 with milliseconds. */
export interface LaunchTemplate {
  launchTemplateId: string;
  ownerId: string;
  name: string;
  createTime: string;
  /** The ARN of who made it. */
  createdBy: string;
  defaultVersion: number;
  /** The highest version there is. */
  latestVersion: number;
  /** The highest version there ever was: numbers are not used again. */
  lastVersion: number;
}

export interface LaunchTemplateVersion {
  launchTemplateId: string;
  ownerId: string;
  version: number;
  description?: string;
  createTime: string;
  createdBy: string;
  data: LaunchTemplateData;
}

/** Launch parameters as they were sent, by the API's names: only a launch asks what they mean. */
export interface LaunchTemplateData {
  readonly ImageId?: string;
  readonly [parameter: string]: unknown;
}

/** Versions of a template sort by it. */
export function launchTemplateVersionId({
  launchTemplateId,
  version,
}: Pick<LaunchTemplateVersion, 'launchTemplateId' | 'version'>): string {
  return `${launchTemplateId}/${String(version).padStart(10, '0')}`;
}

/** @throws InvalidLaunchTemplateName.MalformedException */
export function checkTemplateName(name: string): string {
  if (!/^[A-Za-z0-9()./_-]{3,128}$/.test(name))
    throw new ApiError(
      'InvalidLaunchTemplateName.MalformedException',
      'The specified launch template name is invalid. A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the following characters: - ( ) . / _.',
    );
  return name;
}

/** @throws InvalidParameterValue past 255 characters */
export function checkVersionDescription(description: string | undefined): string | undefined {
  if (description && description.length > 255)
    throw invalidParameterValue('The version description must be at most 255 characters long');
  return description || undefined;
}

/** The number that `$Default`, `$Latest` or a number names. @throws InvalidParameterValue for anything else */
export function versionNumber(
  template: Pick<LaunchTemplate, 'defaultVersion' | 'latestVersion'>,
  version: string,
): number {
  if (version === '$Default') return template.defaultVersion;
  if (version === '$Latest') return template.latestVersion;
  if (!/^[1-9]\d{0,8}$/.test(version))
    throw invalidParameterValue(
      `Invalid launch template version: '${version}'. Specify $Latest, $Default or a version number.`,
    );
  return Number(version);
}

/** Those of a template's versions that a check of so many of the most recent ones looks at. */
export function mostRecent(
  versions: readonly LaunchTemplateVersion[],
  depth: number,
): LaunchTemplateVersion[] {
  return [...versions].sort((a, b) => b.version - a.version).slice(0, depth);
}

export const templateNameTaken = () =>
  new ApiError('InvalidLaunchTemplateName.AlreadyExistsException', 'Launch template name already in use.');
export const templateNameNotFound = (name: string) =>
  new ApiError(
    'InvalidLaunchTemplateName.NotFoundException',
    `The specified launch template, with template name ${name}, does not exist.`,
  );
export const templateIdNotFound = (id: string) =>
  new ApiError(
    'InvalidLaunchTemplateId.NotFound',
    `The specified launch template, with template ID ${id}, does not exist.`,
  );
export const templateVersionNotFound = (id: string, version: string | number) =>
  new ApiError(
    'InvalidLaunchTemplateId.VersionNotFound',
    `Could not find the specified version ${version} for the launch template with ID ${id}.`,
  );
