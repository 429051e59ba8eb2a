import { expect, it } from 'vitest';
import { publicNames, publicParameters } from '../../src/domain/public-parameter.ts';

const image = (name: string, creationDate = '2026-05-10T13:00:00.000Z', imageId = 'ami-1') => ({
  ...{ imageId, name, creationDate },
  architecture: 'x86_64' as const,
});

it.each([
  ['tiny', ['/aws/service/amity/tiny/latest/image_id']],
  ['tiny-20260510', ['/aws/service/amity/tiny/latest/image_id']],
  ['Tiny-20260510-131712', ['/aws/service/amity/tiny/latest/image_id']],
  ['tiny (old)', []],
  [
    'debian-12-20260510',
    [
      '/aws/service/amity/debian-12/latest/image_id',
      '/aws/service/debian/release/12/latest/amd64',
      '/aws/service/debian/release/bookworm/latest/amd64',
    ],
  ],
  [
    'debian-99',
    ['/aws/service/amity/debian-99/latest/image_id', '/aws/service/debian/release/99/latest/amd64'],
  ],
])('an image named %s is found under %j', (name, names) => {
  expect(publicNames(image(name))).toEqual(names);
});

it('the newest image of a family is its latest, and each version means the same image for ever', () => {
  const old = image('tiny-20260101', '2026-01-01T00:00:00.500Z', 'ami-old');
  const young = image('tiny-20260510', '2026-05-10T00:00:00.000Z', 'ami-new');
  const name = '/aws/service/amity/tiny/latest/image_id';
  const versions = publicParameters([old, young], 'aws', 'us-east-1').get(name)!;
  expect(versions.map(one => [one.version, one.value])).toEqual([
    [1778371200, 'ami-new'],
    [1767225600, 'ami-old'],
  ]);
  expect(versions[0]!.arn).toBe(`arn:aws:ssm:us-east-1::parameter${name}`);
  expect(publicParameters([old], 'aws', 'us-east-1').get(name)).toEqual([versions[1]]);
});
