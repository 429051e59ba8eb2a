/** One account's tags on one resource: tags are private to the account that set them (spec C.16). */
export interface TagSet {
  resourceId: string;
  accountId: string;
  resourceType: string;
  tags: Record<string, string>;
}

/** Keys under which an account's resources are found by a tag, its value known or not. */
export const taggedWith = (accountId: string, key: string, value?: string) =>
  JSON.stringify(value === undefined ? [accountId, key] : [accountId, key, value]);

export function tagIndexKeys({ accountId, tags }: TagSet): string[] {
  return Object.entries(tags).flatMap(([key, value]) => [
    taggedWith(accountId, key),
    taggedWith(accountId, key, value),
  ]);
}
