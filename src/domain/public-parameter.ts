/**
 * The names under which everybody finds Amazon's public images, worked out from the images each time: the newest of a
 * family is its latest, so that no name can point to one that is gone.
 */

import type { Image } from './image.ts';
import type { FoundParameter } from './parameter.ts';
import { parameterArn } from './parameter.ts';

export type Published = Pick<Image, 'imageId' | 'name' | 'creationDate' | 'architecture'>;

export const publicPrefix = '/aws/service/';

/** Debian's names for what its numbers mean: https://wiki.debian.org/Cloud/AmazonEC2Image */
const debianReleases: Record<string, string> = { 11: 'bullseye', 12: 'bookworm', 13: 'trixie', 14: 'forky' };

/** Every name of the image, most of them shared with older images of its family. */
export function publicNames({ name, architecture }: Published): string[] {
  const family = familyOf(name);
  if (family === undefined) return [];
  const release = /^debian-(\d+)$/.exec(family)?.[1];
  const machine = { x86_64: 'amd64', arm64: 'arm64', i386: 'i386' }[architecture];
  const words = release === undefined ? [] : [release, debianReleases[release]].filter(Boolean);
  return [
    `${publicPrefix}amity/${family}/latest/image_id`,
    ...words.map(word => `${publicPrefix}debian/release/${word}/latest/${machine}`),
  ];
}

/** The name without the date of its build; undefined where the rest is no part of a path. */
function familyOf(name: string): string | undefined {
  const family = name.replace(/-\d{6,}[\d.TZ-]*$/, '');
  return /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(family) ? family.toLowerCase() : undefined;
}

/**
 * All public parameters there are, each in all its versions, the latest first. A version is the second its image was
 * made: it means the same image for as long as that is there, however many come and go beside it.
 */
export function publicParameters(
  images: readonly Published[],
  partition: string,
  region: string,
): Map<string, FoundParameter[]> {
  const byName = new Map<string, FoundParameter[]>();
  const newestFirst = [...images].sort((a, b) => (orderOf(a) < orderOf(b) ? 1 : -1));
  for (const image of newestFirst)
    for (const name of publicNames(image)) {
      const versions = byName.get(name) ?? [];
      byName.set(name, versions);
      versions.push({
        ...{ name, arn: parameterArn(partition, region, '', name) },
        ...{ type: 'String', dataType: 'aws:ec2:image', value: image.imageId },
        ...{ version: Math.floor(Date.parse(image.creationDate) / 1000), time: image.creationDate },
      });
    }
  return byName;
}

const orderOf = ({ creationDate, imageId }: Published) => `${creationDate}/${imageId}`;
