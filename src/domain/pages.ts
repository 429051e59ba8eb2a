import { ApiError, invalidParameterCombination, invalidParameterValue } from './errors.ts';

/** What a Describe call says about paging, and its limits. */
export interface PageRequest {
  /** The action: a token of one action is refused by another. */
  action: string;
  MaxResults?: number;
  NextToken?: string;
  /** Smallest and largest MaxResults; larger is an error unless `cap`, which lowers it silently. */
  least: number;
  most: number;
  cap?: boolean;
  /** The name AWS gives the id list in the error, where ids and MaxResults exclude each other (spec W11). */
  ids?: { given: boolean; set: string };
}

export interface Page<Item> {
  items: Item[];
  NextToken?: string;
}

/**
 * Cuts one page out of `items`, which are ordered by `key` (ascending, unique). The token holds the last key given, so
 * that a page neither repeats nor skips what stays in place while other items come and go.
 * @throws InvalidParameterCombination, InvalidParameterValue, InvalidNextToken
 */
export function page<Item>(
  items: readonly Item[],
  key: (item: Item) => string,
  request: PageRequest,
): Page<Item> {
  const { NextToken } = request;
  const limit = pageLimit(request);
  const after = NextToken === undefined ? undefined : decodeToken(request.action, NextToken);
  const start = after === undefined ? 0 : firstAfter(items, key, after);
  const slice = limit === undefined ? items.slice(start) : items.slice(start, start + limit);
  const last = slice.at(-1);
  return start + slice.length < items.length && last !== undefined
    ? { items: slice, NextToken: encodeToken(request.action, key(last)) }
    : { items: slice };
}

/**
 * How many items the page may have; undefined when the request does not say.
 * @throws InvalidParameterCombination, InvalidParameterValue
 */
export function pageLimit(request: Omit<PageRequest, 'action' | 'NextToken'>): number | undefined {
  const { MaxResults, least, most, cap, ids } = request;
  if (MaxResults === undefined) return undefined;
  if (ids?.given)
    throw invalidParameterCombination(
      `The parameter ${ids.set} cannot be used with the parameter maxResults`,
    );
  if (MaxResults < least)
    throw invalidParameterValue(
      `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value greater than ${least}.`,
    );
  if (MaxResults > most && !cap)
    throw invalidParameterValue(
      `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value less than ${most}.`,
    );
  return Math.min(MaxResults, most);
}

function firstAfter<Item>(items: readonly Item[], key: (item: Item) => string, after: string): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(items[middle]!) <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}

function encodeToken(action: string, after: string): string {
  return btoa(unescape(encodeURIComponent(JSON.stringify([action, after]))));
}

function decodeToken(action: string, token: string): string {
  try {
    const [from, after] = JSON.parse(decodeURIComponent(escape(atob(token))));
    if (from === action && typeof after === 'string') return after;
  } catch {
    // Not a token of ours: refused below.
  }
  throw invalidNextToken(token);
}

export const invalidNextToken = (token: string) =>
  new ApiError('InvalidNextToken', `The token '${token.slice(0, 100)}' is invalid`);
