/** A region's catalogue, the same at each run: of fifty accounts, half of it public, a fifth shared, a third deprecated. */
import type { Image, LaunchPermission } from '../../src/domain/image.ts';
import type { TagSet } from '../../src/domain/tag.ts';

const systems = [
  'debian-12',
  'debian-13',
  'ubuntu-24.04',
  'al2023',
  'alpine-3.22',
  'rocky-9',
  'windows-2025',
];
const purposes = ['base', 'web', 'db', 'builder', 'gpu', 'edge', 'kiosk'];
const threeYears = 3 * 365 * 24 * 3600_000;

export interface Crowd {
  /** The account that asks. */
  caller: string;
  amazon: string;
  now: Date;
}

export const idOf = (prefix: string, number: number) => `${prefix}-${number.toString(16).padStart(17, '0')}`;

/** Scattered: ids do not follow the order of writing. */
function scatter(number: number): number {
  return Number((BigInt(number) * 0x9e3779b97f4a7c15n) & 0xfffffffffffffn);
}

export function ownerOf(number: number, { caller, amazon }: Crowd): string {
  const account = number % 50;
  if (account === 0) return caller;
  return account < 10 ? amazon : String(200000000000 + account);
}

export function nameOf(number: number): string {
  const system = systems[number % systems.length];
  const purpose = purposes[(number >> 3) % purposes.length];
  return `golden/${system}-${purpose}-x86_64-build.${String(number).padStart(7, '0')}`;
}

function permissionsOf(number: number, { caller }: Crowd): LaunchPermission[] {
  const kind = Math.floor(number / 50) % 10;
  if (kind < 5) return [{ group: 'all' }];
  if (kind === 5) return [{ userId: caller }, { userId: String(200000000000 + (number % 37) + 10) }];
  if (kind === 6) return [{ userId: String(200000000000 + (number % 37) + 10) }];
  return [];
}

/** The `number`th of `count` images. */
export function imageOf(number: number, count: number, crowd: Crowd): Image {
  const age = 1 - number / count;
  const creation = new Date(crowd.now.getTime() - Math.floor(age * threeYears) - 60_000);
  const launchPermissions = permissionsOf(number, crowd);
  const isPublic = launchPermissions.some(permission => 'group' in permission);
  const deprecation = new Date(creation);
  deprecation.setUTCFullYear(deprecation.getUTCFullYear() + 2);
  const ownerId = ownerOf(number, crowd);
  const name = nameOf(number);
  const isWindows = name.includes('windows');
  return {
    imageId: idOf('ami', scatter(number)),
    ownerId,
    name,
    description: `Build ${number} of the golden image`,
    state: 'available',
    creationDate: creation.toISOString(),
    imageLocation: `${ownerId === crowd.amazon ? 'amazon' : ownerId}/${name}`,
    architecture: number % 4 === 3 ? 'arm64' : 'x86_64',
    virtualizationType: 'hvm',
    rootDeviceType: 'ebs',
    rootDeviceName: '/dev/xvda',
    blockDeviceMappings: [
      {
        deviceName: '/dev/xvda',
        ebs: {
          snapshotId: idOf('snap', scatter(number)),
          volumeSize: 8,
          volumeType: 'gp3',
          iops: 3000,
          throughput: 125,
          deleteOnTermination: true,
          encrypted: false,
        },
      },
    ],
    launchPermissions,
    platformDetails: isWindows ? 'Windows' : 'Linux/UNIX',
    usageOperation: isWindows ? 'RunInstances:0002' : 'RunInstances',
    productCodes: [],
    enaSupport: true,
    sriovNetSupport: 'simple',
    bootMode: 'uefi-preferred',
    imdsSupport: 'v2.0',
    ...(isPublic && { deprecationTime: deprecation.toISOString() }),
  };
}

/** The caller has tags on its own images, on some others as well. */
export function tagsOf(number: number, image: Image, { caller }: Crowd): TagSet | undefined {
  if (image.ownerId !== caller && number % 97 !== 1) return undefined;
  return {
    resourceId: image.imageId,
    accountId: caller,
    resourceType: 'image',
    tags: { Name: image.name, team: `team-${number % 20}`, build: String(number) },
  };
}
