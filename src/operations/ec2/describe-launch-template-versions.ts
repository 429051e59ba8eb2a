import type { DescribeLaunchTemplateVersionsRequest, RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import { invalidParameterCombination, invalidParameterValue, missingParameter } from '../../domain/errors.ts';
import { type FilterTable, matcher } from '../../domain/filters.ts';
import type { LaunchTemplate, LaunchTemplateVersion } from '../../domain/launch-template.ts';
import { page } from '../../domain/pages.ts';
import { aliasedAccounts } from '../aliased-accounts.ts';
import type { Context } from '../context.ts';
import { findTemplate, findVersion } from './launch-template-lookup.ts';
import { operation } from './operation.ts';
import { presentLaunchTemplateVersion } from './present/launch-template.ts';
import { resolveTemplateImage } from './resolve-image.ts';

interface View {
  template: LaunchTemplate;
  version: LaunchTemplateVersion;
}

const dataOf = ({ version }: View) => version.data as RequestLaunchTemplateData;

const filters: FilterTable<View> = {
  'create-time': ({ version }) => version.createTime,
  'ebs-optimized': view => dataOf(view).EbsOptimized,
  'host-resource-group-arn': view => dataOf(view).Placement?.HostResourceGroupArn,
  'http-endpoint': view => dataOf(view).MetadataOptions?.HttpEndpoint,
  // Of a template nothing says it.
  'http-protocol-ipv4': () => undefined,
  'http-protocol-ipv6': view => dataOf(view).MetadataOptions?.HttpProtocolIpv6,
  'http-tokens': view => dataOf(view).MetadataOptions?.HttpTokens,
  'iam-instance-profile': view => dataOf(view).IamInstanceProfile?.Arn,
  'image-id': view => dataOf(view).ImageId,
  'instance-type': view => dataOf(view).InstanceType,
  'is-default-version': ({ template, version }) => version.version === template.defaultVersion,
  'kernel-id': view => dataOf(view).KernelId,
  'license-configuration-arn': view =>
    dataOf(view).LicenseSpecifications?.map(license => license.LicenseConfigurationArn),
  'network-card-index': view => dataOf(view).NetworkInterfaces?.map(nic => nic.NetworkCardIndex),
  'ram-disk-id': view => dataOf(view).RamDiskId,
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplateVersions.html */
export const describeLaunchTemplateVersions = operation(
  'DescribeLaunchTemplateVersions',
  async (input, context) => {
    const matches = matcher(input.Filters, filters);
    const asked =
      input.LaunchTemplateId || input.LaunchTemplateName
        ? await versionsOfOne(context, input)
        : await versionsOfAll(context, input);
    const ordered = asked.filter(matches).sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
    const { items, NextToken } = page(ordered, orderOf, {
      action: 'DescribeLaunchTemplateVersions',
      MaxResults: input.MaxResults,
      NextToken: input.NextToken || undefined,
      least: 1,
      most: 200,
    });
    const aliased = input.ResolveAlias ? await aliasedAccounts(context) : undefined;
    const shown = items.map(async ({ template, version }) =>
      presentLaunchTemplateVersion(
        template,
        aliased ? await resolveTemplateImage(context.records.read, context, aliased, version) : version,
      ),
    );
    return { LaunchTemplateVersions: await Promise.all(shown), NextToken };
  },
);

/** The newest version of a template first. */
function orderOf({ template, version }: View): string {
  return `${template.launchTemplateId}/${String(1e9 - version.version).padStart(10, '0')}`;
}

async function versionsOfOne(
  context: Context,
  input: DescribeLaunchTemplateVersionsRequest,
): Promise<View[]> {
  const { read } = context.records;
  const template = await findTemplate(read, context.caller.accountId, input);
  const wanted = input.Versions?.filter(version => version !== '') ?? [];
  if (wanted.length > 0) {
    if (input.MinVersion || input.MaxVersion)
      throw invalidParameterCombination('Versions cannot be used with MinVersion or MaxVersion.');
    const found = await Promise.all(wanted.map(version => findVersion(read, template, version)));
    return [...new Map(found.map(version => [version.version, { template, version }])).values()];
  }
  const least = bound('MinVersion', input.MinVersion, 0);
  const most = bound('MaxVersion', input.MaxVersion, Number.POSITIVE_INFINITY);
  const versions = await read.launchTemplateVersions.list({ launchTemplateId: template.launchTemplateId });
  return versions
    .filter(({ version }) => version >= least && version <= most)
    .map(version => ({ template, version }));
}

function bound(name: string, value: string | undefined, otherwise: number): number {
  if (!value) return otherwise;
  if (!/^\d{1,9}$/.test(value))
    throw invalidParameterValue(`Value (${value}) for parameter ${name} is invalid.`);
  return Number(value);
}

/** The latest or default versions, or both, of all the account's templates. */
async function versionsOfAll(
  context: Context,
  { Versions, MinVersion, MaxVersion }: DescribeLaunchTemplateVersionsRequest,
): Promise<View[]> {
  const { read } = context.records;
  if (!Versions?.length || MinVersion || MaxVersion)
    throw missingParameter('LaunchTemplateId or LaunchTemplateName');
  const bad = Versions.find(version => version !== '$Latest' && version !== '$Default');
  if (bad !== undefined)
    throw invalidParameterValue(
      `Invalid launch template version: '${bad}'. Without a launch template, specify $Latest or $Default.`,
    );
  const templates = await read.launchTemplates.list({ ownerId: context.caller.accountId });
  const views = templates.flatMap(template => {
    const numbers = Versions.map(word =>
      word === '$Latest' ? template.latestVersion : template.defaultVersion,
    );
    return [...new Set(numbers)].map(async number => ({
      template,
      version: await findVersion(read, template, String(number)),
    }));
  });
  return Promise.all(views);
}
