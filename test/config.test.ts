import { describe, expect, test } from 'vitest';
import { InvalidSetting, readConfig } from '../src/config.ts';

describe('the configuration', () => {
  test('has a default for everything', () => {
    expect(readConfig({ data: '/srv/amity' }, {})).toMatchObject({
      data: '/srv/amity',
      host: '127.0.0.1',
      port: 8773,
      regions: ['us-east-1', 'eu-west-1'],
      records: 'sqlite:/srv/amity',
      publicNetwork: '127.77.0.0/16',
      accelerator: 'auto',
      blockCacheBytes: 256 * 1024 * 1024,
      importAllow: [],
      imageBlockPublicAccess: 'block-new-sharing',
    });
  });

  test('takes what the environment says where no setting does', () => {
    const environment = { AMITY_DATA: '/a', AMITY_RECORDS: 'postgres://db/amity', AMITY_ACCELERATOR: 'tcg' };
    expect(readConfig({ data: '/b' }, environment)).toMatchObject({
      data: '/b',
      records: 'postgres://db/amity',
      accelerator: 'tcg',
    });
  });

  test('gives instances a share of the memory there is, or so many MiB', () => {
    const given = (AMITY_GUEST_MEMORY: string) =>
      readConfig({ data: '/a' }, { AMITY_GUEST_MEMORY }).guestMemoryMiB;
    expect(given('4096')).toBe(4096);
    expect(given('50%')).toBeGreaterThan(0);
    expect(Math.abs(given('100%') - 2 * given('50%'))).toBeLessThanOrEqual(1);
    expect(readConfig({ data: '/a' }, {}).guestMemoryMiB).toBe(given('200%'));
    for (const wrong of ['0', '0%', '-1', 'all', '10001%', ''])
      expect(() => given(wrong)).toThrow('AMITY_GUEST_MEMORY');
  });

  test.each([
    [{ listen: '8773' }, '--listen'],
    [{ listen: 'localhost:99999' }, '--listen'],
    [{ regions: ['moon'] }, '"moon" is not a region name'],
    [{ regions: [] }, '--regions'],
    [{ regions: ['us-east-1', 'us-east-1'] }, 'twice'],
    [{ records: 'mysql://db' }, '--records'],
    [{ publicNetwork: '10.0.0.0/16' }, '--public-network'],
    [{ publicNetwork: '127.0.0.0/16' }, '--public-network'],
    [{ importAllow: ['10.0.0.0/8', '10.0.0.0/33'] }, '"10.0.0.0/33"'],
    [{ importAllow: ['localhost'] }, '--import-allow'],
    [{ accelerator: 'xen' }, '--accelerator'],
    [{ imageBlockPublicAccess: 'no' }, '--image-block-public-access'],
  ])('refuses %j and says what to do', (settings, text) => {
    expect(() => readConfig(settings, {})).toThrow(InvalidSetting);
    expect(() => readConfig(settings, {})).toThrow(text);
  });
});
