import type { RunInstancesRequest } from '@aws-sdk/client-ec2';
import type { AccountAlias } from '../../domain/account.ts';
import type { LaunchTemplateVersion } from '../../domain/launch-template.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { overTemplate } from './launch-template-data.ts';
import { findTemplate, findVersion } from './launch-template-lookup.ts';
import { resolveImageId } from './resolve-image.ts';

export interface TemplatedLaunch {
  /** The request with the template under it and its image named by id. */
  input: RunInstancesRequest;
  template?: LaunchTemplateVersion;
}

/** Puts the request's launch template, if it names one, under it. @throws InvalidLaunchTemplate…, InvalidParameterValue */
export async function launchFromTemplate(
  records: RegionReader,
  context: Context,
  aliased: ReadonlyMap<AccountAlias, string>,
  { LaunchTemplate: named, ...request }: RunInstancesRequest,
): Promise<TemplatedLaunch> {
  const isNamed = Boolean(named?.LaunchTemplateId || named?.LaunchTemplateName || named?.Version);
  const template = isNamed
    ? await findVersion(
        records,
        await findTemplate(records, context.caller.accountId, named!),
        named!.Version || '$Default',
      )
    : undefined;
  const input = template ? overTemplate(request, template.data) : request;
  return {
    input: { ...input, ImageId: await resolveImageId(records, context, aliased, input.ImageId) },
    template,
  };
}

/** The tags by which instances tell what they were launched from. */
export function templateTags(
  template: LaunchTemplateVersion | undefined,
): Record<string, string> | undefined {
  return (
    template && {
      'aws:ec2launchtemplate:id': template.launchTemplateId,
      'aws:ec2launchtemplate:version': String(template.version),
    }
  );
}
