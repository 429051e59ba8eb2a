import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStagedPackStorage } from '../../../src/stores/blocks/staged/staged-pack-storage.ts';
import type { ObjectStore } from '../../../src/stores/objects/object-store.ts';
import { s3Objects } from '../../../src/stores/objects/s3/s3.ts';
import type { S3Location } from '../../../src/stores/objects/s3/settings.ts';
import { objectStoreContract } from '../../contract/object-store.ts';
import { packStorageContract } from '../../contract/pack-storage.ts';
import { allOf } from '../../support/all-of.ts';
import { type Radosgw, startRadosgw } from '../../support/radosgw.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let gateway: Radosgw;
let location: S3Location;
beforeAll(async () => {
  gateway = await startRadosgw();
  location = await gateway.createBucket('amity-blocks');
});
afterAll(() => gateway?.stop());

describe('objects in the bucket of a RADOS gateway', () => {
  let prefix = '';
  beforeEach(() => {
    prefix = `amity/${randomBytes(6).toString('hex')}`;
  });
  const open = async (): Promise<ObjectStore> =>
    s3Objects({ location: { ...location, prefix }, credentials: gateway.credentials });

  objectStoreContract(open);

  test('a pack of 16 MiB goes up and is read by pieces', async () => {
    const store = await open();
    const content = randomBytes(16 * 1024 * 1024);
    await store.put('packs/00000001.pack', content, { ifAbsent: true });
    const pieces = await Promise.all(
      [0, 5_000_000, 16_000_000].map(offset => store.get('packs/00000001.pack', { offset, length: 70_000 })),
    );
    expect(
      Buffer.concat(pieces).equals(
        Buffer.concat([0, 5_000_000, 16_000_000].map(at => content.subarray(at, at + 70_000))),
      ),
    ).toBe(true);
  });

  test('a store sees only what is under its prefix', async () => {
    const store = await open();
    await store.put('mine', Buffer.from('x'));
    const beside = s3Objects({
      location: { ...location, prefix: `${prefix}x` },
      credentials: gateway.credentials,
    });
    await beside.put('theirs', Buffer.from('y'));
    expect(await allOf(store.list(''))).toEqual([{ key: 'mine', size: 1 }]);
  });

  test('a bucket that is not there is not taken for a missing object', async () => {
    const store = s3Objects({
      location: { ...location, bucket: 'no-such-bucket' },
      credentials: gateway.credentials,
    });
    await expect(store.get('key')).rejects.toThrow('NoSuchBucket');
    await expect(store.head('key')).rejects.toThrow('NoSuchBucket');
    await expect(store.delete('key')).rejects.toThrow('NoSuchBucket');
    await expect(allOf(store.list(''))).rejects.toThrow('NoSuchBucket');
  });

  test('a wrong key is refused at once, without its secret in the message', async () => {
    const credentials = { ...gateway.credentials, secretAccessKey: 'not-the-secret' };
    const store = s3Objects({ location, credentials });
    const failure = await store.put('key', Buffer.from('x')).catch(error => error);
    expect(failure.message).toMatch(
      /^PUT key in s3:\/\/amity-blocks at .* failed: 403 SignatureDoesNotMatch/,
    );
    expect(failure.message).not.toContain('not-the-secret');
  });
});

describe('packs in the bucket of a RADOS gateway, staged in a folder', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  packStorageContract(() => {
    const prefix = basename(folder.path);
    const objects = s3Objects({ location: { ...location, prefix }, credentials: gateway.credentials });
    return openStagedPackStorage({ objects, name: `s3://${location.bucket}/${prefix}`, folder: folder.path });
  });
});
