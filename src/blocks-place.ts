/** Reads `--blocks`: where packs, manifests and wrapped data keys lie. */
import { type CredentialSettings, s3Credentials } from './blocks-credentials.ts';
import { InvalidSetting } from './invalid-setting.ts';
import { keyPrefix } from './stores/objects/keys.ts';
import type { S3Credentials, S3Location } from './stores/objects/s3/settings.ts';

export type BlocksPlace =
  | { kind: 'data-folder' }
  | { kind: 's3'; location: S3Location; credentials: S3Credentials };

const parameters = ['endpoint', 'region', 'pathStyle'];

/** @throws InvalidSetting */
export function blocksPlace(url: string | undefined, credentials: CredentialSettings): BlocksPlace {
  if (url === undefined) return { kind: 'data-folder' };
  return { kind: 's3', location: s3Location(url), credentials: s3Credentials(credentials) };
}

/** `s3://bucket/prefix?endpoint=https://host&region=…&pathStyle=…`. @throws InvalidSetting */
export function s3Location(text: string): S3Location {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 's3:' || url.hash || url.username || url.password || url.port)
    throw wrong(
      'takes a URL such as s3://bucket/prefix?endpoint=https://host&region=eu-west-1, without a key in it',
    );
  const given = [...url.searchParams.keys()];
  const unknown = given.find((name, at) => !parameters.includes(name) || given.indexOf(name) !== at);
  if (unknown !== undefined)
    throw wrong(
      `takes ${parameters.join(', ')}, each once, behind the question mark; not "${unknown}" there`,
    );

  const bucket = url.hostname;
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || bucket.includes('..'))
    throw wrong(`names no bucket: "${bucket}" must have 3 to 63 small letters, digits, dots and hyphens`);
  const endpointText = url.searchParams.get('endpoint');
  const region = url.searchParams.get('region') ?? (endpointText === null ? undefined : 'us-east-1');
  if (region === undefined) throw wrong('needs an endpoint, or the region of a bucket at Amazon');
  if (!/^[a-z0-9-]{1,40}$/.test(region)) throw wrong(`names no region: "${region}"`);
  const endpoint = endpointUrl(endpointText ?? `https://s3.${region}.amazonaws.com`);
  const pathStyle = yesOrNo(url.searchParams.get('pathStyle') ?? `${endpointText !== null}`);
  if (!pathStyle && /^(\d+\.\d+\.\d+\.\d+|\[.*\]|localhost)$/.test(endpoint.hostname))
    throw wrong(`cannot put a bucket's name before ${endpoint.hostname}: leave out pathStyle=false`);
  if (!pathStyle && endpoint.protocol === 'https:' && bucket.includes('.'))
    throw wrong('needs pathStyle=true: no certificate covers a bucket with a dot in its name');
  return { bucket, prefix: prefixOf(url.pathname), endpoint: endpoint.origin, region, pathStyle };
}

function prefixOf(path: string): string {
  const prefix = path.replace(/^\//, '').replace(/\/$/, '');
  try {
    return keyPrefix(prefix);
  } catch (cause) {
    const words = 'words of letters, digits, dots, hyphens and underscores between slashes';
    throw new InvalidSetting(`--blocks takes a prefix of ${words}, not "${prefix}"`, { cause });
  }
}

function endpointUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const bare = url && !url.username && !url.password && url.pathname === '/' && !url.search && !url.hash;
  if (!bare || !/^https?:$/.test(url.protocol))
    throw wrong(`takes an endpoint such as https://host or http://host:port, not "${text}"`);
  return url;
}

function yesOrNo(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw wrong(`takes pathStyle=true or pathStyle=false, not "${text}"`);
}

function wrong(why: string): InvalidSetting {
  return new InvalidSetting(`--blocks ${why}`);
}
