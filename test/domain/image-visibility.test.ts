import { describe, expect, test } from 'vitest';
import type { ImageState, LaunchPermission } from '../../src/domain/image.ts';
import { canLaunch, canSee, isDeprecated } from '../../src/domain/image-visibility.ts';

const image = (launchPermissions: LaunchPermission[], state: ImageState = 'available') => ({
  ownerId: 'owner',
  launchPermissions,
  state,
});

describe('an image', () => {
  test('is seen and launched by its owner, by everybody when public, and by whom it is granted to', () => {
    for (const rule of [canSee, canLaunch]) {
      expect(rule(image([]), 'owner')).toBe(true);
      expect(rule(image([]), 'other')).toBe(false);
      expect(rule(image([{ group: 'all' }]), 'other')).toBe(true);
      expect(rule(image([{ userId: 'other' }]), 'other')).toBe(true);
      expect(rule(image([{ userId: 'third' }]), 'other')).toBe(false);
    }
  });

  test('is its owner’s alone once disabled or deregistered', () => {
    for (const state of ['disabled', 'deregistered'] as const) {
      expect(canSee(image([{ group: 'all' }], state), 'other')).toBe(false);
      expect(canSee(image([], state), 'owner')).toBe(true);
    }
  });

  test('is deprecated from its time on', () => {
    const deprecationTime = '2026-05-10T13:17:00.000Z';
    expect(isDeprecated({ deprecationTime }, new Date('2026-05-10T13:16:59.999Z'))).toBe(false);
    expect(isDeprecated({ deprecationTime }, new Date(deprecationTime))).toBe(true);
    expect(isDeprecated({}, new Date())).toBe(false);
  });
});
