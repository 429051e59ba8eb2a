import type { AccountAlias } from '../../domain/account.ts';
import { invalidParameterValue } from '../../domain/errors.ts';
import type { LaunchTemplateVersion } from '../../domain/launch-template.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { findParameter } from '../parameters.ts';

const scheme = 'resolve:ssm:';

/**
 * The image id that `resolve:ssm:NAME[:VERSION]` stands for; any other text is left alone.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-systems-manager-parameter-to-find-AMI.html
 * @throws InvalidParameterValue for a parameter or version there is not, or one that does not hold an image id
 */
export async function resolveImageId<Id extends string | undefined>(
  records: Pick<RegionReader, 'images' | 'parameters'>,
  context: Context,
  aliased: ReadonlyMap<AccountAlias, string>,
  imageId: Id,
): Promise<Id | string> {
  if (!imageId?.startsWith(scheme)) return imageId;
  const reference = imageId.slice(scheme.length);
  const found = await findParameter(records, context, aliased, reference);
  if (found === 'no-parameter')
    throw invalidParameterValue(
      `Invalid value '${imageId}' for ImageId. The Systems Manager parameter '${reference}' does not exist.`,
    );
  if (found === 'no-version')
    throw invalidParameterValue(
      `Invalid value '${imageId}' for ImageId. The Systems Manager parameter has no such version.`,
    );
  if (!/^ami-[0-9a-f]{8,17}$/.test(found.value))
    throw invalidParameterValue(
      `Invalid value '${imageId}' for ImageId. The Systems Manager parameter does not hold the ID of an image.`,
    );
  return found.value;
}

/** The version as `ResolveAlias` shows it. */
export async function resolveTemplateImage(
  records: Pick<RegionReader, 'images' | 'parameters'>,
  context: Context,
  aliased: ReadonlyMap<AccountAlias, string>,
  version: LaunchTemplateVersion,
): Promise<LaunchTemplateVersion> {
  const ImageId = await resolveImageId(records, context, aliased, version.data.ImageId);
  return ImageId === undefined ? version : { ...version, data: { ...version.data, ImageId } };
}
