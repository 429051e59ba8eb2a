import { matcher } from '../../domain/filters.ts';
import { page } from '../../domain/pages.ts';
import type { Volume } from '../../domain/volume.ts';
import { volumeFilters } from '../../domain/volume-filters.ts';
import { loadTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { presentVolume } from './present/volume.ts';
import { byCreation, ownVolumes, volumeIds } from './volume-lookup.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumes.html
 * The caller's own volumes, for a minute also its deleted ones.
 */
export const describeVolumes = operation('DescribeVolumes', async (input, context) => {
  const { accountId } = context.caller;
  const ids = volumeIds(input.VolumeIds);
  const volumes = await ownVolumes(context, ids);
  const tagsOf = await loadTags(
    context.records.read,
    accountId,
    volumes.map(volume => volume.volumeId),
  );
  const matches = matcher<Volume>(input.Filters, volumeFilters, volume => tagsOf(volume.volumeId));
  const matching = volumes.filter(matches).sort((a, b) => (byCreation(a) < byCreation(b) ? -1 : 1));

  const { items, NextToken } = page(matching, byCreation, {
    action: 'DescribeVolumes',
    MaxResults: input.MaxResults,
    NextToken: input.NextToken || undefined,
    least: 5,
    most: 1000,
    cap: true,
    ids: { given: ids.length > 0, set: 'volumeSet' },
  });
  return { Volumes: items.map(volume => presentVolume(volume, tagsOf(volume.volumeId))), NextToken };
});
