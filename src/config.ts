import { isIP } from 'node:net';
import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import { type BlocksPlace, blocksPlace } from './blocks-place.ts';
import { InvalidSetting } from './invalid-setting.ts';

export { InvalidSetting };

/** What a person may say about a server; everything has a default. */
export interface Settings {
  /** The data folder. */
  data?: string;
  /** `HOST:PORT`; port 0 picks a free one. */
  listen?: string;
  /** Region names. */
  regions?: readonly string[];
  /** `postgres://…`; absent: SQLite in the data folder. */
  records?: string;
  /** `s3://bucket/prefix?endpoint=…`; absent: the data folder. */
  blocks?: string;
  /** A file with the access key for `blocks`, where the environment does not hold it. */
  blocksCredentials?: string;
  /** A /16 of 127/8 from which public addresses are taken. */
  publicNetwork?: string;
  accelerator?: string;
  /** CIDR blocks of private networks that imports may fetch disks from. */
  importAllow?: readonly string[];
  /** A JSON file that says which accounts are in which organisation. */
  organizations?: string;
  /** Whether accounts may make images public before they say so: `block-new-sharing` (as on AWS) or `unblocked`. */
  imageBlockPublicAccess?: string;
}

/** Settings checked and completed. */
export interface Config {
  data: string;
  host: string;
  port: number;
  regions: readonly string[];
  /** `sqlite:` and the data folder, or a PostgreSQL URL. */
  records: string;
  blocks: BlocksPlace;
  publicNetwork: string;
  /** Where the folder for sockets is made. */
  runtimeParent: string;
  accelerator: 'auto' | 'kvm' | 'tcg';
  /** Bytes of snapshots that each region keeps in memory for its guests. */
  blockCacheBytes: number;
  /** What the instances of one region may have together. */
  guestMemoryMiB: number;
  importAllow: readonly string[];
  /** The file of organisations; absent where there are none. */
  organizations?: string;
  imageBlockPublicAccess: 'block-new-sharing' | 'unblocked';
}

/** Regions share the public /16: one /19 each. */
export const mostRegions = 8;

/**
 * Completes settings from the environment (AMITY_DATA, AMITY_RECORDS, AMITY_BLOCKS…, AMITY_ACCELERATOR,
 * AMITY_BLOCK_CACHE, AMITY_GUEST_MEMORY, AMITY_ORGANIZATIONS, AMITY_IMAGE_BLOCK_PUBLIC_ACCESS) and the defaults. The only reader of the
 * environment in the server.
 * @throws InvalidSetting
 */
export function readConfig(settings: Settings, environment: NodeJS.ProcessEnv = process.env): Config {
  const data = resolve(settings.data ?? environment.AMITY_DATA ?? 'data');
  const organizations = settings.organizations ?? environment.AMITY_ORGANIZATIONS;
  return {
    data,
    ...address(settings.listen ?? '127.0.0.1:8773'),
    regions: regionNames(settings.regions ?? ['us-east-1', 'eu-west-1']),
    records: recordsUrl(settings.records ?? environment.AMITY_RECORDS ?? `sqlite:${data}`),
    blocks: blocksPlace(settings.blocks ?? environment.AMITY_BLOCKS, {
      environment,
      file: settings.blocksCredentials ?? environment.AMITY_BLOCKS_CREDENTIALS_FILE,
    }),
    publicNetwork: loopbackNetwork(settings.publicNetwork ?? '127.77.0.0/16'),
    runtimeParent: runtimeParent(environment),
    accelerator: accelerator(settings.accelerator ?? environment.AMITY_ACCELERATOR ?? 'auto'),
    blockCacheBytes: mebibytes(environment.AMITY_BLOCK_CACHE ?? '256'),
    guestMemoryMiB: guestMemory(environment.AMITY_GUEST_MEMORY ?? '200%'),
    importAllow: cidrBlocks(settings.importAllow ?? []),
    ...(organizations && { organizations: resolve(organizations) }),
    imageBlockPublicAccess: imageBlock(
      settings.imageBlockPublicAccess ?? environment.AMITY_IMAGE_BLOCK_PUBLIC_ACCESS ?? 'block-new-sharing',
    ),
  };
}

function address(listen: string): { host: string; port: number } {
  const match = /^(.+):(\d{1,5})$/.exec(listen);
  const port = Number(match?.[2]);
  if (!match || port > 65535)
    throw new InvalidSetting(`--listen takes HOST:PORT, for example 127.0.0.1:8773, not "${listen}"`);
  return { host: match[1]!.replace(/^\[(.*)\]$/, '$1'), port };
}

function regionNames(regions: readonly string[]): readonly string[] {
  const wrong = regions.find(region => !/^[a-z]{2,10}(-[a-z]{2,12}){1,2}-\d{1,2}$/.test(region));
  if (wrong !== undefined)
    throw new InvalidSetting(`"${wrong}" is not a region name: use names such as us-east-1 or eu-west-1`);
  if (regions.length === 0 || regions.length > mostRegions)
    throw new InvalidSetting(`--regions takes one to ${mostRegions} names, not ${regions.length}`);
  if (new Set(regions).size < regions.length)
    throw new InvalidSetting('--regions names a region twice: name each once');
  return regions;
}

function recordsUrl(url: string): string {
  if (!/^(sqlite:\/|postgres(ql)?:\/\/)/.test(url))
    throw new InvalidSetting(
      '--records takes a URL such as postgres://user@host/database, or is left out for SQLite',
    );
  return url;
}

function loopbackNetwork(cidr: string): string {
  const match = /^127\.(\d{1,3})\.0\.0\/16$/.exec(cidr);
  if (!match || Number(match[1]) > 255 || Number(match[1]) === 0)
    throw new InvalidSetting(`--public-network takes a /16 of 127/8 other than 127.0.0.0/16, not "${cidr}"`);
  return cidr;
}

function cidrBlocks(blocks: readonly string[]): readonly string[] {
  const wrong = blocks.find(block => {
    const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(block) ?? [];
    const family = isIP(address);
    return family === 0 || Number(bits ?? 0) > (family === 4 ? 32 : 128);
  });
  if (wrong !== undefined)
    throw new InvalidSetting(
      `--import-allow takes addresses and CIDR blocks such as 10.1.0.0/16, separated by commas, not "${wrong}"`,
    );
  return blocks;
}

/** A place that is emptied at boot, as the processes whose sockets it holds are. */
function runtimeParent(environment: NodeJS.ProcessEnv): string {
  return process.getuid?.() === 0 ? '/run' : environment.XDG_RUNTIME_DIR || '/tmp';
}

function accelerator(name: string): Config['accelerator'] {
  if (name === 'auto' || name === 'kvm' || name === 'tcg') return name;
  throw new InvalidSetting(`--accelerator takes auto, kvm or tcg, not "${name}"`);
}

/** Enough for what a few images read when they boot; a cache that is not used takes no memory. */
function mebibytes(text: string): number {
  const value = Number(text);
  if (!/^\d{1,7}$/.test(text) || value < 16)
    throw new InvalidSetting(`AMITY_BLOCK_CACHE takes 16 or more, in MiB for each region, not "${text}"`);
  return value * 1024 * 1024;
}

/**
 * A share of the memory this machine, or the container it is, has; over 100% where guests do not use all of theirs,
 * which they take as they touch it.
 */
function guestMemory(text: string): number {
  const [, number, unit] = /^(\d{1,9})(%?)$/.exec(text) ?? [];
  const value = Number(number);
  if (number === undefined || value === 0 || (unit && value > 10_000))
    throw new InvalidSetting(
      `AMITY_GUEST_MEMORY takes a share of this machine's memory such as 80%, or MiB, for the instances of each region, not "${text}"`,
    );
  const memoryMiB = Math.min(totalmem(), process.constrainedMemory() || Infinity) / 1024 / 1024;
  return unit ? Math.floor((memoryMiB * value) / 100) : value;
}

function imageBlock(state: string): Config['imageBlockPublicAccess'] {
  if (state === 'block-new-sharing' || state === 'unblocked') return state;
  throw new InvalidSetting(
    `--image-block-public-access takes block-new-sharing or unblocked, not "${state}"`,
  );
}
