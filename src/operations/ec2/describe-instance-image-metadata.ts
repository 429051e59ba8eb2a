import type { ImageMetadata, InstanceImageMetadata } from '@aws-sdk/client-ec2';
import { matcher } from '../../domain/filters.ts';
import { isPublic } from '../../domain/image-visibility.ts';
import { instanceStateCodes } from '../../domain/instance.ts';
import { type InstanceImageView, instanceImageFilters } from '../../domain/instance-image.ts';
import { zoneId } from '../../domain/network-zones.ts';
import { page } from '../../domain/pages.ts';
import type { Tags } from '../../domain/tags.ts';
import { aliasedAccounts } from '../aliased-accounts.ts';
import type { Context } from '../context.ts';
import { loadTags } from '../tagging.ts';
import { allowedImages } from './allowed-images.ts';
import { askedInstances } from './instance-lookup.ts';
import { operation } from './operation.ts';
import { presentTags } from './present/tags.ts';
import { idList } from './request.ts';

const mostResults = 1000;

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceImageMetadata.html
 * An image stays known by the instances launched from it when it is deregistered, disabled or no longer shared.
 */
export const describeInstanceImageMetadata = operation(
  'DescribeInstanceImageMetadata',
  async (input, context) => {
    const ids = idList('i', input.InstanceIds);
    const views = await viewImages(context, ids);
    const tagsOf = await loadTags(
      context.records.read,
      context.caller.accountId,
      views.map(({ instance }) => instance.instanceId),
    );
    const matches = matcher<InstanceImageView>(input.Filters, instanceImageFilters, view =>
      tagsOf(view.instance.instanceId),
    );
    const { items, NextToken } = page(
      views.filter(matches).sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1)),
      idOf,
      {
        action: 'DescribeInstanceImageMetadata',
        MaxResults: input.MaxResults ?? (ids.length > 0 ? undefined : mostResults),
        NextToken: input.NextToken || undefined,
        least: 1,
        most: mostResults,
        ids: { given: ids.length > 0, set: 'instancesSet' },
      },
    );
    return {
      InstanceImageMetadata: items.map(view => present(view, tagsOf(idOf(view)))),
      NextToken,
    };
  },
);

const idOf = ({ instance }: InstanceImageView) => instance.instanceId;

async function viewImages(context: Context, ids: readonly string[]): Promise<InstanceImageView[]> {
  const { read } = context.records;
  const instances = await askedInstances(context, ids);
  const images = await read.images.getMany([...new Set(instances.map(instance => instance.imageId))]);
  const byId = new Map(images.map(image => [image.imageId, image]));
  const accounts = await aliasedAccounts(context);
  const aliases = new Map([...accounts].map(([alias, id]) => [id, alias]));
  const allowed = await allowedImages(read, context, accounts);
  return instances.map(instance => {
    const image = byId.get(instance.imageId);
    return {
      instance,
      image,
      ownerAlias: image && aliases.get(image.ownerId),
      imageAllowed: image && allowed.word(image),
    };
  });
}

function present(view: InstanceImageView, tags: Tags): InstanceImageMetadata {
  const { instance } = view;
  return {
    InstanceId: instance.instanceId,
    InstanceType: instance.instanceType as InstanceImageMetadata['InstanceType'],
    LaunchTime: new Date(instance.launchTime),
    AvailabilityZone: instance.availabilityZone,
    ZoneId: zoneId(instance.availabilityZone),
    State: { Code: instanceStateCodes[instance.state], Name: instance.state },
    OwnerId: instance.ownerId,
    Tags: presentTags(tags),
    ImageMetadata: presentMetadata(view),
  };
}

function presentMetadata({ instance, image, ownerAlias, imageAllowed }: InstanceImageView): ImageMetadata {
  if (!image) return { ImageId: instance.imageId };
  return {
    ImageId: image.imageId,
    Name: image.name,
    OwnerId: image.ownerId,
    State: image.state,
    ImageOwnerAlias: ownerAlias,
    CreationDate: image.creationDate,
    DeprecationTime: image.deprecationTime,
    ImageAllowed: imageAllowed,
    IsPublic: isPublic(image),
  };
}
