import type * as sdk from '@aws-sdk/client-ec2';
import type { LaunchTemplate, LaunchTemplateVersion } from '../../../domain/launch-template.ts';
import type { Tags } from '../../../domain/tags.ts';
import { presentTemplateData } from '../launch-template-data.ts';
import { presentTags } from './tags.ts';

export function presentLaunchTemplate(template: LaunchTemplate, tags: Tags): sdk.LaunchTemplate {
  return {
    LaunchTemplateId: template.launchTemplateId,
    LaunchTemplateName: template.name,
    CreateTime: new Date(template.createTime),
    CreatedBy: template.createdBy,
    DefaultVersionNumber: template.defaultVersion,
    LatestVersionNumber: template.latestVersion,
    Tags: presentTags(tags),
  };
}

export function presentLaunchTemplateVersion(
  template: LaunchTemplate,
  version: LaunchTemplateVersion,
): sdk.LaunchTemplateVersion {
  return {
    LaunchTemplateId: template.launchTemplateId,
    LaunchTemplateName: template.name,
    VersionNumber: version.version,
    VersionDescription: version.description,
    CreateTime: new Date(version.createTime),
    CreatedBy: version.createdBy,
    DefaultVersion: version.version === template.defaultVersion,
    LaunchTemplateData: presentTemplateData(version.data),
  };
}
