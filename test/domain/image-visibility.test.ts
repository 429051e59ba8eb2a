import { describe, expect, test } from 'vitest';
import type { ImageState, LaunchPermission } from '../../src/domain/image.ts';
import { canLaunch, canSee, isDeprecated, isGrantedByName } from '../../src/domain/image-visibility.ts';

const viewer = (accountId: string, memberOf: string[] = []) => ({ accountId, memberOf });
const owner = viewer('owner');
const other = viewer('other');
const image = (launchPermissions: LaunchPermission[], state: ImageState = 'available') => ({
  ownerId: 'owner',
  launchPermissions,
  state,
});

describe('an image', () => {
  test('is seen and launched by its owner, by everybody when public, and by whom it is granted to', () => {
    for (const rule of [canSee, canLaunch]) {
      expect(rule(image([]), owner)).toBe(true);
      expect(rule(image([]), other)).toBe(false);
      expect(rule(image([{ group: 'all' }]), other)).toBe(true);
      expect(rule(image([{ userId: 'other' }]), other)).toBe(true);
      expect(rule(image([{ userId: 'third' }]), other)).toBe(false);
    }
  });

  test('granted to an organisation, or a unit of it, is seen and launched by its members', () => {
    const organizationArn = 'arn:aws:organizations::111111111111:organization/o-abcdefghij';
    const organizationalUnitArn = 'arn:aws:organizations::111111111111:ou/o-abcdefghij/ou-ab12-cdefghij';
    const inside = viewer('other', [organizationArn, organizationalUnitArn]);
    const beside = viewer('other', [organizationArn]);
    for (const rule of [canSee, canLaunch]) {
      expect(rule(image([{ organizationArn }]), beside)).toBe(true);
      expect(rule(image([{ organizationArn }]), other)).toBe(false);
      expect(rule(image([{ organizationalUnitArn }]), inside)).toBe(true);
      expect(rule(image([{ organizationalUnitArn }]), beside)).toBe(false);
    }
    expect(isGrantedByName(image([{ organizationArn }]), 'other')).toBe(false);
  });

  test('is its owner’s alone once failed, disabled or deregistered', () => {
    for (const state of ['failed', 'disabled', 'deregistered'] as const) {
      expect(canSee(image([{ group: 'all' }], state), other)).toBe(false);
      expect(canSee(image([], state), owner)).toBe(true);
    }
  });

  test('is deprecated from its time on', () => {
    const deprecationTime = '2026-05-10T13:17:00.000Z';
    expect(isDeprecated({ deprecationTime }, new Date('2026-05-10T13:16:59.999Z'))).toBe(false);
    expect(isDeprecated({ deprecationTime }, new Date(deprecationTime))).toBe(true);
    expect(isDeprecated({}, new Date())).toBe(false);
  });
});
