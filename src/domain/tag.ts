/** One account's tags on one resource: tags are private to the account that set them (spec C.16). */
export interface TagSet {
  resourceId: string;
  accountId: string;
  resourceType: string;
  tags: Record<string, string>;
}
