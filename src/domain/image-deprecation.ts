import { fail, invalidParameterValue, missingParameter } from './errors.ts';
import type { Image } from './image.ts';
import { isPublic } from './image-visibility.ts';

const minute = 60_000;

/**
 * When the image is to be deprecated, seconds rounded to the nearest minute.
 * @throws InvalidParameterValue for the past, more than ten years from now, or of a public image more than two from its
 * creation (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImageDeprecation.html)
 */
export function settleDeprecation(
  image: Pick<Image, 'creationDate' | 'launchPermissions'>,
  asked: Date | undefined,
  now: Date,
): string {
  const time = (asked ?? fail(missingParameter('DeprecateAt'))).getTime();
  const at = new Date(Math.round(time / minute) * minute);
  if (Number.isNaN(time) || at.getTime() <= now.getTime())
    throw invalidParameterValue('DeprecateAt must be a time in the future.');
  if (isPublic(image)) {
    if (at.toISOString() > lastOfPublic(image))
      throw invalidParameterValue(
        'DeprecateAt of a public AMI must be at most 2 years from its creation date.',
      );
  } else if (at.getTime() > yearsAfter(now, 10).getTime())
    throw invalidParameterValue('DeprecateAt must be at most 10 years from now.');
  return at.toISOString();
}

/** The time at which a public image is deprecated: two years after its creation, unless an earlier one is set (spec C.6). */
export function publicDeprecationTime(image: Pick<Image, 'creationDate' | 'deprecationTime'>): string {
  const latest = lastOfPublic(image);
  const { deprecationTime } = image;
  return deprecationTime && Date.parse(deprecationTime) < Date.parse(latest) ? deprecationTime : latest;
}

/** What stays when the owner takes a deprecation back: of a public image, the two years. */
export function withoutDeprecation(image: Image): Image {
  const { deprecationTime: _, ...rest } = image;
  return isPublic(image) ? { ...rest, deprecationTime: lastOfPublic(image) } : rest;
}

const lastOfPublic = ({ creationDate }: Pick<Image, 'creationDate'>) =>
  yearsAfter(new Date(creationDate), 2).toISOString();

function yearsAfter(time: Date, years: number): Date {
  const later = new Date(time);
  later.setUTCFullYear(later.getUTCFullYear() + years);
  return later;
}
