/**
 * Allowed AMIs: which images of other accounts an account wants to see and launch (spec C2.4).
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-allowed-amis.html
 */
import { type AccountAlias, isAccountAlias } from './account.ts';
import { invalidParameterCombination, invalidParameterValue, unsupportedOperation } from './errors.ts';
import type { Image } from './image.ts';
import { matchesPattern, parsePattern } from './wildcard.ts';

export type AllowedImagesState = 'disabled' | 'audit-mode' | 'enabled';

/** What an image must have, all of it. An absent part asks for nothing. */
export interface ImageCriterion {
  imageProviders?: string[];
  marketplaceProductCodes?: string[];
  imageNames?: string[];
  maximumDaysSinceDeprecated?: number;
  maximumDaysSinceCreated?: number;
}

/** A criterion as the API receives it. */
export interface ImageCriterionRequest {
  ImageProviders?: string[];
  MarketplaceProductCodes?: string[];
  ImageNames?: string[];
  DeprecationTimeCondition?: { MaximumDaysSinceDeprecated?: number };
  CreationDateCondition?: { MaximumDaysSinceCreated?: number };
  ImageWatermarks?: unknown[];
  ScanResultCondition?: unknown;
}

const most = { criteria: 10, providers: 200, codes: 50, names: 50 };

/** @throws InvalidParameterValue, InvalidParameterCombination, UnsupportedOperation for what images here never carry */
export function parseCriteria(requests: readonly ImageCriterionRequest[] | undefined): ImageCriterion[] {
  const criteria = (requests ?? []).map(parseCriterion);
  atMost('ImageCriteria', criteria, most.criteria);
  atMost(
    'ImageProviders',
    criteria.flatMap(one => one.imageProviders ?? []),
    most.providers,
  );
  return criteria;
}

function parseCriterion(request: ImageCriterionRequest): ImageCriterion {
  if (request.ImageWatermarks?.length || request.ScanResultCondition)
    throw unsupportedOperation(
      'Images here carry neither watermarks nor Amazon Inspector results: leave ImageWatermarks and ScanResultCondition out.',
    );
  const criterion: ImageCriterion = {
    imageProviders: listed('ImageProviders', request.ImageProviders, isProvider),
    marketplaceProductCodes: listed(
      'MarketplaceProductCodes',
      request.MarketplaceProductCodes,
      code => /^[A-Za-z0-9]{1,25}$/.test(code),
      most.codes,
    ),
    imageNames: listed('ImageNames', request.ImageNames, isNamePattern, most.names),
    maximumDaysSinceDeprecated: days(
      'MaximumDaysSinceDeprecated',
      request.DeprecationTimeCondition?.MaximumDaysSinceDeprecated,
    ),
    maximumDaysSinceCreated: days(
      'MaximumDaysSinceCreated',
      request.CreationDateCondition?.MaximumDaysSinceCreated,
    ),
  };
  if (Object.values(criterion).every(value => value === undefined))
    throw invalidParameterValue('An image criterion must state at least one condition.');
  if (criterion.imageProviders?.includes('none') && criterion.imageProviders.length > 1)
    throw invalidParameterCombination(
      "The image provider 'none' cannot be specified with other image providers.",
    );
  return criterion;
}

const isProvider = (value: string) => value === 'none' || isAccountAlias(value) || /^\d{12}$/.test(value);
const isNamePattern = (name: string) =>
  /^[A-Za-z0-9()[\] ./\-'@_*?]{1,128}$/.test(name) && (!name.includes('?') || name.length >= 3);

function listed(
  name: string,
  values: readonly string[] | undefined,
  isValid: (value: string) => boolean,
  limit = most.providers,
): string[] | undefined {
  const given = [...new Set(values?.filter(value => value !== ''))];
  if (given.length === 0) return undefined;
  const bad = given.find(value => !isValid(value));
  if (bad !== undefined) throw invalidParameterValue(`Value (${bad}) for parameter ${name} is invalid.`);
  atMost(name, given, limit);
  return given;
}

function atMost(name: string, values: readonly unknown[], limit: number): void {
  if (values.length > limit)
    throw invalidParameterValue(`At most ${limit} values can be specified for ${name}.`);
}

/** 2,147,483,647 is where AWS's integers end. */
function days(name: string, value: number | undefined): number | undefined {
  if (value !== undefined && !(Number.isInteger(value) && value >= 0 && value <= 2_147_483_647))
    throw invalidParameterValue(`Value (${value}) for parameter ${name} is invalid.`);
  return value;
}

type Judged = Pick<Image, 'ownerId' | 'name' | 'productCodes' | 'creationDate' | 'deprecationTime'>;

/**
 * Makes the test of whether an account may use an image: its own always, another's when it meets any of the criteria.
 * Without criteria there is nothing to meet; "nobody else's" is said by the provider `none`.
 */
export function isAllowedBy(
  criteria: readonly ImageCriterion[],
  accountId: string,
  aliasOf: (accountId: string) => AccountAlias | undefined,
  now: Date,
): (image: Judged) => boolean {
  const tests = criteria.map(criterion => meets(criterion, aliasOf, now));
  return image => image.ownerId === accountId || tests.length === 0 || tests.some(test => test(image));
}

function meets(
  criterion: ImageCriterion,
  aliasOf: (accountId: string) => AccountAlias | undefined,
  now: Date,
): (image: Judged) => boolean {
  const { imageProviders, marketplaceProductCodes, maximumDaysSinceDeprecated, maximumDaysSinceCreated } =
    criterion;
  const names = criterion.imageNames?.map(name => matchesPattern(parsePattern(name)));
  return ({ ownerId, name, productCodes, creationDate, deprecationTime }) => {
    if (imageProviders && !imageProviders.some(one => one === ownerId || one === aliasOf(ownerId)))
      return false;
    if (marketplaceProductCodes && !productCodes.some(code => marketplaceProductCodes.includes(code)))
      return false;
    if (names && !names.some(matches => matches(name))) return false;
    if (!isWithin(deprecationTime, maximumDaysSinceDeprecated, now)) return false;
    return isWithin(creationDate, maximumDaysSinceCreated, now);
  };
}

/** Whether what happened (or is yet to happen, or never does) is at most so many days ago. */
function isWithin(time: string | undefined, limit: number | undefined, now: Date): boolean {
  if (limit === undefined || time === undefined) return true;
  return now.getTime() - Date.parse(time) <= limit * 86_400_000;
}
