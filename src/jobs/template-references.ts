import { type LaunchTemplate, mostRecent } from '../domain/launch-template.ts';
import type { RegionReader } from '../stores/records/database.ts';

/**
 * The templates one of whose `depth` most recent versions names the image by its id, each once.
 * @param ownerId only this account's.
 */
export async function templatesNaming(
  records: Pick<RegionReader, 'launchTemplates' | 'launchTemplateVersions'>,
  imageId: string,
  depth: number,
  ownerId?: string,
): Promise<LaunchTemplate[]> {
  const naming = await records.launchTemplateVersions.list({ imageId, ...(ownerId && { ownerId }) });
  const found: string[] = [];
  for (const launchTemplateId of new Set(naming.map(version => version.launchTemplateId))) {
    const versions = await records.launchTemplateVersions.list({ launchTemplateId });
    if (mostRecent(versions, depth).some(version => version.data.ImageId === imageId))
      found.push(launchTemplateId);
  }
  return records.launchTemplates.getMany(found);
}
