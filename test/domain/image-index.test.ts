import { describe, expect, test } from 'vitest';
import type { Image } from '../../src/domain/image.ts';
import { type ImageScope, imageIndexKeys, imagePlace, imageRanges } from '../../src/domain/image-index.ts';
import { canSee } from '../../src/domain/image-visibility.ts';
import { isWithin } from '../../src/operations/ec2/visible-images.ts';
import { anImage, hexId } from '../support/records.ts';

const [me, other, third] = ['111122223333', '444455556666', '777788889999'] as const;
const organization = 'arn:aws:organizations::444455556666:organization/o-0123456789';
const now = new Date('2026-05-10T00:00:00.000Z');

/** Every combination of what visibility depends on. */
function everyImage(): Image[] {
  const grants: Image['launchPermissions'][] = [
    [],
    [{ group: 'all' }],
    [{ userId: me }],
    [{ userId: other }, { userId: third }],
    [{ group: 'all' }, { userId: me }],
    [{ organizationArn: organization }],
  ];
  const states = ['pending', 'available', 'failed', 'disabled', 'deregistered'] as const;
  const deprecations = [undefined, '2026-05-10T00:00:00.000Z', '2026-05-10T00:00:00.001Z', '2020-01-01'];
  let number = 0;
  return [me, other, third].flatMap(ownerId =>
    grants.flatMap(launchPermissions =>
      states.flatMap(state =>
        deprecations.map(deprecationTime =>
          anImage({
            imageId: hexId('ami', ++number),
            ...{ ownerId, launchPermissions, state },
            ...(deprecationTime && { deprecationTime }),
          }),
        ),
      ),
    ),
  );
}

function everyScope(): ImageScope[] {
  const owners = [undefined, [me], [other], [other, third], [me, other], []];
  const executableBy = [[], ['all'], [me], [other], [me, 'all']];
  return owners.flatMap(one =>
    executableBy.flatMap(users =>
      [true, false].flatMap(includeDisabled =>
        [undefined, now].map(deprecatedBy => ({
          ...{ accountId: me, memberOf: [organization], owners: one, executableBy: users },
          ...{ includeDisabled, deprecatedBy },
        })),
      ),
    ),
  );
}

describe('the index of images', () => {
  test('holds all that a listing is about in its ranges, whatever the listing', () => {
    const images = everyImage().map(image => ({
      image,
      keys: new Set(imageIndexKeys(image)),
      place: imagePlace(image),
    }));
    for (const scope of everyScope()) {
      const within = isWithin(scope);
      const wanted = images.filter(({ image }) => within(image) && canSee(image, scope));
      const ranges = imageRanges(scope);
      const found = images.filter(({ keys, place }) =>
        ranges.some(({ key, from = '' }) => keys.has(key) && place >= from),
      );
      const ids = new Set(found.map(({ image }) => image.imageId));
      const missed = wanted.filter(({ image }) => !ids.has(image.imageId)).map(({ image }) => image);
      expect({ scope, missed }).toEqual({ scope, missed: [] });
    }
  });

  test('leaves out what is deprecated by where it begins, not by looking at it', () => {
    const scope: ImageScope = {
      ...{ accountId: me, memberOf: [], owners: [other], executableBy: [] },
      ...{ includeDisabled: false, deprecatedBy: now },
    };
    const [range] = imageRanges(scope);
    const place = (deprecationTime?: string) =>
      imagePlace(anImage(deprecationTime ? { deprecationTime } : {}));
    expect(place('2026-05-10T00:00:00.000Z') < range!.from!).toBe(true);
    expect(place('2026-05-10T00:00:00.001Z') > range!.from!).toBe(true);
    expect(place() > range!.from!).toBe(true);
  });

  test('finds for a member of an organisation what is granted to the organisation', () => {
    const image = anImage({ ownerId: other, launchPermissions: [{ organizationArn: organization }] });
    const scope: ImageScope = {
      ...{ accountId: me, memberOf: [organization], owners: undefined, executableBy: [] },
      ...{ includeDisabled: false, deprecatedBy: undefined },
    };
    const keys = new Set(imageIndexKeys(image));
    expect(imageRanges(scope).some(({ key }) => keys.has(key))).toBe(true);
    expect(imageRanges({ ...scope, memberOf: [] }).some(({ key }) => keys.has(key))).toBe(false);
  });
});
