import type {
  DeleteLaunchTemplateVersionsResponseErrorItem as ErrorItem,
  LaunchTemplateErrorCode,
  DeleteLaunchTemplateVersionsResponseSuccessItem as SuccessItem,
} from '@aws-sdk/client-ec2';
import { ApiError, invalidParameterValue, missingParameter } from '../../domain/errors.ts';
import {
  type LaunchTemplate,
  launchTemplateVersionId,
  templateVersionNotFound,
} from '../../domain/launch-template.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import { findTemplate, type TemplateReference } from './launch-template-lookup.ts';
import { operation } from './operation.ts';

const mostVersions = 200;

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteLaunchTemplateVersions.html
 * What cannot be deleted is told beside what was.
 */
export const deleteLaunchTemplateVersions = operation(
  'DeleteLaunchTemplateVersions',
  async (input, context) => {
    const numbers = parseVersions(input.Versions);
    return context.records.transaction(async records => {
      const deleted: SuccessItem[] = [];
      const kept: ErrorItem[] = [];
      const template = await templateOrError(records, context.caller.accountId, input);
      for (const VersionNumber of numbers) {
        const error =
          template instanceof ApiError ? template : await remove(records, template, VersionNumber);
        const item = { ...namesOf(input, template), VersionNumber };
        if (error) kept.push({ ...item, ResponseError: { Code: codeOf(error), Message: error.message } });
        else deleted.push(item);
      }
      if (!(template instanceof ApiError)) await settleLatest(records, template);
      return {
        SuccessfullyDeletedLaunchTemplateVersions: deleted,
        UnsuccessfullyDeletedLaunchTemplateVersions: kept,
      };
    });
  },
);

/** @throws MissingParameter, InvalidParameterValue: here only numbers name versions */
function parseVersions(versions: readonly string[] | undefined): number[] {
  if (!versions?.length) throw missingParameter('LaunchTemplateVersion');
  if (versions.length > mostVersions)
    throw invalidParameterValue(`At most ${mostVersions} launch template versions can be deleted at once.`);
  const bad = versions.find(version => !/^[1-9]\d{0,8}$/.test(version));
  if (bad !== undefined) throw invalidParameterValue(`Invalid launch template version: '${bad}'.`);
  return [...new Set(versions.map(Number))];
}

async function templateOrError(
  records: RegionWriter,
  ownerId: string,
  reference: TemplateReference,
): Promise<LaunchTemplate | ApiError> {
  try {
    return await findTemplate(records, ownerId, reference);
  } catch (error) {
    if (error instanceof ApiError && Object.hasOwn(itemCodes, error.code)) return error;
    throw error;
  }
}

async function remove(
  records: RegionWriter,
  { launchTemplateId, defaultVersion }: LaunchTemplate,
  version: number,
): Promise<ApiError | undefined> {
  if (version === defaultVersion)
    return new ApiError('InvalidState', 'The default version of a launch template cannot be deleted.');
  const id = launchTemplateVersionId({ launchTemplateId, version });
  if (!(await records.launchTemplateVersions.get(id)))
    return templateVersionNotFound(launchTemplateId, version);
  await records.launchTemplateVersions.delete(id);
  return undefined;
}

async function settleLatest(records: RegionWriter, template: LaunchTemplate): Promise<void> {
  const { launchTemplateId } = template;
  const left = await records.launchTemplateVersions.list({ launchTemplateId });
  const latestVersion = Math.max(...left.map(one => one.version));
  if (latestVersion !== template.latestVersion)
    await records.launchTemplates.put({ ...template, latestVersion });
}

function namesOf(reference: TemplateReference, template: LaunchTemplate | ApiError): TemplateReference {
  if (template instanceof ApiError) {
    const { LaunchTemplateId, LaunchTemplateName } = reference;
    return { LaunchTemplateId, LaunchTemplateName };
  }
  return { LaunchTemplateId: template.launchTemplateId, LaunchTemplateName: template.name };
}

const itemCodes: Record<string, LaunchTemplateErrorCode> = {
  'InvalidLaunchTemplateId.NotFound': 'launchTemplateIdDoesNotExist',
  'InvalidLaunchTemplateName.NotFoundException': 'launchTemplateNameDoesNotExist',
  'InvalidLaunchTemplateId.VersionNotFound': 'launchTemplateVersionDoesNotExist',
};

const codeOf = (error: ApiError): LaunchTemplateErrorCode => itemCodes[error.code] ?? 'unexpectedError';
