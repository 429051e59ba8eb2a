import type { BlockReference } from './manifest.ts';

/** What a block token says: where the block is stored, and until when it may be read with it. */
const lifetime = 7 * 24 * 60 * 60_000;

export function blockTokenExpiry(now: Date): Date {
  return new Date(now.getTime() + lifetime);
}

/** What a token is bound to: it opens for nobody and nothing else. */
export function blockTokenPurpose(accountId: string, snapshotId: string, index: number): string {
  return `block ${accountId} ${snapshotId} ${index}`;
}

export function writeBlockToken({ domain, digest }: BlockReference, expiry: Date): string {
  return [expiry.getTime(), digest, domain].join(' ');
}

/** The block the token stands for; undefined once it has expired. */
export function readBlockToken(text: string, now: Date): BlockReference | undefined {
  const [, expiry = '', digest = '', domain = ''] = /^(\d+) ([0-9a-f]{64}) (.*)$/.exec(text) ?? [];
  return Number(expiry) > now.getTime() ? { domain, digest } : undefined;
}
