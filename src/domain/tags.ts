import { ApiError, invalidParameterValue, missingParameter } from './errors.ts';

export type Tags = Readonly<Record<string, string>>;

/** A tag, and tags for one kind of resource, as the API receives them. */
export interface RequestedTag {
  Key?: string;
  Value?: string;
}
export interface TagSpecification {
  ResourceType?: string;
  Tags?: RequestedTag[];
}

const mostTags = 50;
const longestKey = 128;
const longestValue = 256;

/**
 * The tags a creating call asks for, by resource type.
 * @throws InvalidParameterValue for a type the action does not create or for no tags, TagLimitExceeded past 50 tags.
 */
export function settleTags<Type extends string>(
  specifications: readonly TagSpecification[] | undefined,
  allowedTypes: readonly Type[],
): { readonly [T in Type]?: Tags } {
  const settled: { [T in Type]?: Tags } = {};
  for (const { ResourceType, Tags } of specifications ?? []) {
    if (!ResourceType) throw invalidParameterValue('Tag specification resource type must have a value');
    const type = allowedTypes.find(allowed => allowed === ResourceType);
    if (!type)
      throw invalidParameterValue(
        `'${ResourceType}' is not a valid taggable resource type for this operation.`,
      );
    if (settled[type])
      throw invalidParameterValue(`The resource type '${type}' is named by more than one tag specification`);
    if (!Tags?.length) throw invalidParameterValue('Tag specification must have at least one tag');
    settled[type] = mergeTags({}, parseTags(Tags));
  }
  return settled;
}

/**
 * Tags by key; an absent value is the empty one.
 * @throws InvalidParameterValue for a reserved, repeated or overlong key or an overlong value.
 */
export function parseTags(requested: readonly RequestedTag[]): Tags {
  const entries = new Map<string, string>();
  for (const { Key, Value = '' } of requested) {
    const key = checkTagKey(Key);
    if (Value.length > longestValue)
      throw invalidParameterValue(
        `Tag value exceeds the maximum length of ${longestValue} characters: '${Value.slice(0, 300)}'`,
      );
    if (entries.has(key)) throw invalidParameterValue(`Duplicate tag key '${key}' specified.`);
    entries.set(key, Value);
  }
  return Object.fromEntries(entries);
}

export function checkTagKey(key: string | undefined): string {
  if (!key) throw missingParameter('Tag.Key');
  if (key.length > longestKey)
    throw invalidParameterValue(
      `Tag key exceeds the maximum length of ${longestKey} characters: '${key.slice(0, 300)}'`,
    );
  if (key.toLowerCase().startsWith('aws:'))
    throw invalidParameterValue("Tag keys starting with 'aws:' are reserved for internal use");
  return key;
}

/** `added` over `present`. @throws TagLimitExceeded past 50, not counting Amazon's own `aws:` ones. */
export function mergeTags(present: Tags, added: Tags): Tags {
  const merged = { ...present, ...added };
  if (Object.keys(merged).filter(key => !key.startsWith('aws:')).length > mostTags)
    throw new ApiError('TagLimitExceeded', 'The maximum number of Tags for a resource has been reached.');
  return merged;
}

/** A tag to take away: any value, or only the given one. */
export interface TagRemoval {
  key: string;
  value?: string;
}

/** What stays of the tags: without `removals` every one goes but Amazon's own `aws:` ones. */
export function removeTags(present: Tags, removals?: readonly TagRemoval[]): Tags {
  const goes = (key: string, value: string) =>
    removals
      ? removals.some(removal => removal.key === key && (removal.value ?? value) === value)
      : !key.startsWith('aws:');
  return Object.fromEntries(Object.entries(present).filter(([key, value]) => !goes(key, value)));
}
