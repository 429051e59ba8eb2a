/**
 * The key domain of an account's default key: blocks are stored once per domain and never shared between domains by
 * content (design §5).
 */
export function defaultKeyDomain(accountId: string): string {
  return `${accountId}/default`;
}
