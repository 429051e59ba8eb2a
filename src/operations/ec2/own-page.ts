/** One page of what the caller has of a kind, by ids, filters and tags: what the VPC family's Describe calls have in common. */
import type { Filter } from '@aws-sdk/client-ec2';
import type { ApiError } from '../../domain/errors.ts';
import { type FilterTable, matcher } from '../../domain/filters.ts';
import { page } from '../../domain/pages.ts';
import type { Tags } from '../../domain/tags.ts';
import type { Context } from '../context.ts';
import { loadTags } from '../tagging.ts';
import { idsOrPages } from './request.ts';

interface OwnListing<Item> {
  action: string;
  /** All of the caller's, in order of their ids. */
  own: readonly Item[];
  idOf(item: Item): string;
  /** Those that are asked for; none: all. `parameter` is their name on the wire. */
  ids: readonly string[];
  parameter: string;
  notFound(id: string): ApiError;
  filters: FilterTable<Item>;
  /** The largest MaxResults. */
  most?: number;
}

/** @throws InvalidParameterCombination, InvalidParameterValue, what `notFound` says */
export async function pageOfOwn<Item>(
  context: Context,
  input: { Filters?: Filter[]; MaxResults?: number; NextToken?: string },
  { action, own, idOf, ids, parameter, notFound, filters, most = 1000 }: OwnListing<Item>,
): Promise<{ items: { item: Item; tags: Tags }[]; NextToken?: string }> {
  idsOrPages(parameter, ids, input.MaxResults);
  const known = new Set(own.map(idOf));
  const missing = ids.find(id => !known.has(id));
  if (missing !== undefined) throw notFound(missing);
  const tags = await loadTags(context.records.read, context.caller.accountId, [...known]);
  const matches = matcher(input.Filters, filters, item => tags(idOf(item)));
  const asked = own.filter(item => (!ids.length || ids.includes(idOf(item))) && matches(item));
  const { items, NextToken } = page(asked, idOf, { ...input, action, least: 5, most });
  return { items: items.map(item => ({ item, tags: tags(idOf(item)) })), NextToken };
}
