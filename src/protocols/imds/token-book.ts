/** Session tokens of IMDSv2: each is good for one instance until it expires. Kept in memory, bounded per instance. */
export interface TokenBook {
  /** A new token; when the instance holds too many, its oldest ends. */
  issue(instanceId: string, ttlSeconds: number, nowMs: number): string;
  /** Seconds the token is still good for; undefined when it is unknown, expired or another instance's. */
  remaining(instanceId: string, token: string, nowMs: number): number | undefined;
  /** Ends all tokens of an instance. */
  forget(instanceId: string): void;
}

/** @param newToken makes an unguessable text of header-safe characters */
export function tokenBook(newToken: () => string, tokensPerInstance = 256): TokenBook {
  const books = new Map<string, Map<string, number>>();
  return {
    issue(instanceId, ttlSeconds, nowMs) {
      const tokens = books.get(instanceId) ?? new Map<string, number>();
      books.set(instanceId, tokens);
      if (tokens.size >= tokensPerInstance) {
        for (const [token, expires] of tokens) if (expires <= nowMs) tokens.delete(token);
        const oldest = tokens.keys().next().value;
        if (tokens.size >= tokensPerInstance && oldest !== undefined) tokens.delete(oldest);
      }
      const token = newToken();
      tokens.set(token, nowMs + ttlSeconds * 1000);
      return token;
    },
    remaining(instanceId, token, nowMs) {
      const expires = books.get(instanceId)?.get(token);
      return expires !== undefined && expires > nowMs ? Math.ceil((expires - nowMs) / 1000) : undefined;
    },
    forget(instanceId) {
      books.delete(instanceId);
    },
  };
}
