import { describe, expect, test } from 'vitest';
import { changeLaunchPermissions, parseLaunchPermission } from '../../src/domain/launch-permission.ts';

const organizationArn = 'arn:aws:organizations::123456789012:organization/o-abcdefghij';
const organizationalUnitArn = 'arn:aws:organizations::123456789012:ou/o-abcdefghij/ou-ab12-cdefghij';

describe('a launch permission', () => {
  test('names nothing outside the partition', () => {
    const china = organizationArn.replace('arn:aws:', 'arn:aws-cn:');
    expect(parseLaunchPermission({ OrganizationArn: china }, 'aws-cn')).toEqual({ organizationArn: china });
    for (const [arn, partition] of [
      [china, 'aws'],
      [organizationArn, 'aws-cn'],
    ] as const)
      expect(() => parseLaunchPermission({ OrganizationArn: arn }, partition)).toThrow(
        `Invalid attribute item value "${arn}" for organizationArn item type.`,
      );
  });

  test('names an account, everybody, an organisation or a part of one', () => {
    expect(parseLaunchPermission({ UserId: '123456789012', Group: '' })).toEqual({ userId: '123456789012' });
    expect(parseLaunchPermission({ Group: 'all' })).toEqual({ group: 'all' });
    expect(parseLaunchPermission({ OrganizationArn: organizationArn })).toEqual({ organizationArn });
    expect(parseLaunchPermission({ OrganizationalUnitArn: organizationalUnitArn })).toEqual({
      organizationalUnitArn,
    });
  });

  test('names no more than one of them, and none wrongly', () => {
    expect(() => parseLaunchPermission({ UserId: '123456789012', Group: 'all' })).toThrow('names one of');
    expect(() => parseLaunchPermission({})).toThrow('Invalid attribute item value "" for userId item type.');
    expect(() => parseLaunchPermission({ OrganizationalUnitArn: organizationArn })).toThrow(
      'for organizationalUnitArn item type.',
    );
  });

  test('both added and removed in one change is gone', () => {
    const all = { group: 'all' as const };
    expect(changeLaunchPermissions([], { add: [all], remove: [all] })).toEqual([]);
    expect(changeLaunchPermissions([all], { add: [all, { userId: '1' }], remove: [] })).toEqual([
      all,
      { userId: '1' },
    ]);
  });
});
