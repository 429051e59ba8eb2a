import { matcher } from '../../domain/filters.ts';
import { checkId } from '../../domain/ids.ts';
import { page } from '../../domain/pages.ts';
import type { Volume } from '../../domain/volume.ts';
import { volumeNotFound } from '../../domain/volume-errors.ts';
import { isVolumeVisible, volumeFilters } from '../../domain/volume-filters.ts';
import type { Context } from '../context.ts';
import { loadTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { presentVolume } from './present/volume.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumes.html
 * The caller's own volumes, for a minute also its deleted ones.
 */
export const describeVolumes = operation('DescribeVolumes', async (input, context) => {
  const { accountId } = context.caller;
  const ids = [...new Set(input.VolumeIds?.filter(id => id !== '').map(id => checkId('vol', id)))];
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

const byCreation = (volume: Volume) => `${volume.createTime}/${volume.volumeId}`;

/** All of the caller's, or those of the ids. @throws InvalidVolume.NotFound for one that is unknown to the caller. */
async function ownVolumes(context: Context, ids: readonly string[]): Promise<Volume[]> {
  const { accountId } = context.caller;
  const { volumes } = context.records.read;
  const found = ids.length ? await volumes.getMany(ids) : await volumes.list({ ownerId: accountId });
  const now = context.now();
  const own = found.filter(volume => volume.ownerId === accountId && isVolumeVisible(volume, now));
  const known = new Set(own.map(volume => volume.volumeId));
  for (const id of ids) if (!known.has(id)) throw volumeNotFound(id);
  return own;
}
