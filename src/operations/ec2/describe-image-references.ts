import type { DescribeImageReferencesRequest, ImageReference } from '@aws-sdk/client-ec2';
import { fail, invalidParameterValue, missingParameter } from '../../domain/errors.ts';
import { checkId } from '../../domain/ids.ts';
import { imageNotFound } from '../../domain/image-errors.ts';
import { parseUsageTypes, referencingTypes, type UsageScope } from '../../domain/image-usage.ts';
import { canSee } from '../../domain/image-visibility.ts';
import { isVisible } from '../../domain/instance-state.ts';
import { page } from '../../domain/pages.ts';
import { parameterArn } from '../../domain/parameter.ts';
import { partitionOf } from '../../domain/partition.ts';
import { templatesNaming } from '../../jobs/template-references.ts';
import type { Context } from '../context.ts';
import { operation } from './operation.ts';

const mostImages = 10;
const defaultDepth = 10;

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImageReferences.html
 * Which of the caller's own resources name the images.
 */
export const describeImageReferences = operation('DescribeImageReferences', async (input, context) => {
  const imageIds = await askedImages(context, input.ImageIds);
  const scopes = askedScopes(input);
  const references: ImageReference[] = [];
  for (const ImageId of imageIds)
    for (const scope of scopes)
      for (const Arn of await arnsReferencing(context, ImageId, scope))
        references.push({ ImageId, ResourceType: scope.type, Arn });
  const { items, NextToken } = page(
    references.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)),
    orderOf,
    {
      action: 'DescribeImageReferences',
      MaxResults: input.MaxResults,
      NextToken: input.NextToken || undefined,
      least: 5,
      most: 1000,
      cap: true,
    },
  );
  return { ImageReferences: items, NextToken };
});

const orderOf = ({ ImageId, ResourceType, Arn }: ImageReference) => `${ImageId} ${ResourceType} ${Arn}`;

/** Deregistered ones of the caller's own may be asked about as long as they are remembered. */
async function askedImages(context: Context, ids: readonly string[] | undefined): Promise<string[]> {
  const asked = [...new Set(ids?.filter(id => id !== '').map(id => checkId('ami', id)))];
  if (asked.length === 0) throw missingParameter('ImageId');
  if (asked.length > mostImages)
    throw invalidParameterValue(`At most ${mostImages} image IDs can be specified.`);
  const images = await context.records.read.images.getMany(asked);
  const known = new Set(images.filter(image => canSee(image, context.caller)).map(image => image.imageId));
  const missing = asked.filter(id => !known.has(id));
  return missing.length > 0 ? fail(imageNotFound(missing)) : asked;
}

/** What is named with options stands before what comes with all. @throws MissingParameter, InvalidParameterValue */
function askedScopes(input: DescribeImageReferencesRequest): UsageScope[] {
  const named = parseUsageTypes(input.ResourceTypes, referencingTypes, 'ResourceType');
  if (!input.IncludeAllResourceTypes)
    return named.length > 0 ? named : fail(missingParameter('ResourceType or IncludeAllResourceTypes'));
  return referencingTypes.map(type => named.find(scope => scope.type === type) ?? { type });
}

async function arnsReferencing(
  context: Context,
  imageId: string,
  { type, states, versionDepth }: UsageScope,
): Promise<string[]> {
  const { read } = context.records;
  const { accountId: ownerId } = context.caller;
  const region = context.region.name;
  const partition = partitionOf(region);
  switch (type) {
    case 'ec2:Instance': {
      const instances = await read.instances.list({ ownerId, imageId, ...(states && { state: states }) });
      return instances
        .filter(instance => isVisible(instance, context.now()))
        .map(({ instanceId }) => `arn:${partition}:ec2:${region}:${ownerId}:instance/${instanceId}`);
    }
    case 'ec2:LaunchTemplate': {
      const templates = await templatesNaming(read, imageId, versionDepth ?? defaultDepth, ownerId);
      return templates.map(
        one => `arn:${partition}:ec2:${region}:${ownerId}:launch-template/${one.launchTemplateId}`,
      );
    }
    case 'ssm:Parameter': {
      const parameters = await read.parameters.list({ ownerId });
      return parameters
        .filter(one => one.dataType === 'aws:ec2:image' && one.versions.at(-1)?.value === imageId)
        .map(one => parameterArn(partition, region, ownerId, one.name));
    }
    // Image Builder is not served, so that no recipe names any image.
    case 'imagebuilder:ImageRecipe':
    case 'imagebuilder:ContainerRecipe':
      return [];
  }
}
