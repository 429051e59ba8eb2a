import { ApiError } from '../../domain/errors.ts';
import { invalidMarker, kmsValidation } from '../../domain/kms-errors.ts';
import { page } from '../../domain/pages.ts';
import type { Page, PageRequest } from './actions.ts';

/**
 * One page of `items`, which are ordered by `key`.
 * @throws ValidationException, InvalidMarkerException
 */
export function kmsPage<Item>(
  items: readonly Item[],
  key: (item: Item) => string,
  { Limit, Marker }: PageRequest,
  list: { action: string; usual: number; most: number },
): Page & { items: Item[] } {
  const { action, usual, most } = list;
  const limit = Limit ?? usual;
  if (limit < 1 || limit > most) throw kmsValidation(`Limit must be between 1 and ${most}`);
  try {
    const request = { action, MaxResults: limit, NextToken: Marker, least: 1, most };
    const { items: found, NextToken } = page(items, key, request);
    return { items: found, NextMarker: NextToken, Truncated: NextToken !== undefined };
  } catch (error) {
    throw error instanceof ApiError && error.code === 'InvalidNextToken' ? invalidMarker() : error;
  }
}
