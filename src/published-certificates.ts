import type { Region } from './region.ts';

/**
 * The certificates that verify identity documents, for everybody: `/.well-known/instance-identity/REGION/rsa.pem`
 * (`signature`, `rsa2048`) and `…/dsa.pem` (`pkcs7`). AWS prints its own in the user guide.
 */
export function publishedCertificates(
  regions: ReadonlyMap<string, Pick<Region, 'identityCertificates'>>,
): (path: string) => string | undefined {
  return path => {
    const [, region = '', kind] =
      /^\/\.well-known\/instance-identity\/([a-z0-9-]+)\/(rsa|dsa)\.pem$/.exec(path) ?? [];
    return regions.get(region)?.identityCertificates[kind as 'rsa' | 'dsa'];
  };
}
