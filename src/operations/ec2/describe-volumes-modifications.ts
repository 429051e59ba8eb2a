import { matcher } from '../../domain/filters.ts';
import { page } from '../../domain/pages.ts';
import { modificationNotFound } from '../../domain/volume-modification.ts';
import { volumeModificationFilters } from '../../domain/volume-modification-filters.ts';
import { operation } from './operation.ts';
import { presentModification } from './present/volume-modification.ts';
import { byCreation, ownVolumes, volumeIds } from './volume-lookup.ts';

/**
 * The last modification of each volume that has had one.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumesModifications.html
 */
export const describeVolumesModifications = operation(
  'DescribeVolumesModifications',
  async (input, context) => {
    const ids = volumeIds(input.VolumeIds);
    const matches = matcher(input.Filters, volumeModificationFilters);
    const volumes = await ownVolumes(context, ids);
    const modified = volumes.filter(volume => volume.modification);
    const never = volumes.find(volume => !volume.modification);
    if (ids.length > 0 && never) throw modificationNotFound(never.volumeId);
    const matching = modified.filter(matches).sort((a, b) => (byCreation(a) < byCreation(b) ? -1 : 1));
    const { items, NextToken } = page(matching, byCreation, {
      action: 'DescribeVolumesModifications',
      MaxResults: input.MaxResults,
      NextToken: input.NextToken || undefined,
      least: 5,
      most: 500,
      cap: true,
      ids: { given: ids.length > 0, set: 'volumeSet' },
    });
    return { VolumesModifications: items.flatMap(volume => presentModification(volume) ?? []), NextToken };
  },
);
