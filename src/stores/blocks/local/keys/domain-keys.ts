import { hkdfSync } from 'node:crypto';

/** What a key domain's data key is and gives. */
export interface DomainKeys {
  /** Encrypts segments. */
  readonly data: Buffer;
  /** Makes the fingerprints of pages: nobody without it can tell which pages are stored, or make two alike. */
  readonly fingerprint: Buffer;
  /** Makes the tags of recipes. */
  readonly recipe: Buffer;
}

const derived = (domain: string, data: Buffer, purpose: string) =>
  Buffer.from(hkdfSync('sha256', data, Buffer.from(domain), `amity ${purpose} 1`, 32));

/** Seals the memory of guests. */
export const memoryKeyOf = (domain: string, data: Buffer) => derived(domain, data, 'guest memory');

export function domainKeys(domain: string, data: Buffer): DomainKeys {
  const derive = (purpose: string) => derived(domain, data, purpose);
  // Compact copies: a view into a larger piece of memory would take all of it along to another thread.
  return {
    data: Buffer.from(new Uint8Array(data).buffer),
    fingerprint: derive('page fingerprint'),
    recipe: derive('recipe tag'),
  };
}
