import { ApiError } from '../../domain/errors.ts';
import { invalidOrganizationsInput } from '../../domain/organizations-errors.ts';
import { page } from '../../domain/pages.ts';
import type { PageRequest } from './actions.ts';

const most = 20;

/** One page, in the order of `key`. @param action with what the listing is of: a token continues no other. @throws InvalidInputException */
export function organizationsPage<Item>(
  items: readonly Item[],
  key: (item: Item) => string,
  { MaxResults = most, NextToken }: PageRequest,
  action: string,
): { items: Item[]; NextToken?: string } {
  if (MaxResults < 1 || MaxResults > most)
    throw invalidOrganizationsInput(`MaxResults must be between 1 and ${most}.`);
  const sorted = [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  try {
    return page(sorted, key, { action, MaxResults, NextToken: NextToken || undefined, least: 1, most });
  } catch (error) {
    throw error instanceof ApiError && error.code === 'InvalidNextToken'
      ? invalidOrganizationsInput('The NextToken is not one of this listing.')
      : error;
  }
}
