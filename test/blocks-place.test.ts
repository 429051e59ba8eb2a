import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { s3Location } from '../src/blocks-place.ts';
import { InvalidSetting, readConfig } from '../src/config.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const url = 's3://amity-blocks/a/b?endpoint=http://127.0.0.1:7480';
const key = { AMITY_BLOCKS_ACCESS_KEY_ID: 'AKID', AMITY_BLOCKS_SECRET_ACCESS_KEY: 'very-secret' };

describe('where blocks lie', () => {
  test('is the data folder where nothing is said', () => {
    expect(readConfig({}, key).blocks).toEqual({ kind: 'data-folder' });
  });

  test('may be a bucket at an endpoint, with its name in the path', () => {
    expect(readConfig({ blocks: url }, key).blocks).toEqual({
      kind: 's3',
      location: {
        bucket: 'amity-blocks',
        prefix: 'a/b',
        endpoint: 'http://127.0.0.1:7480',
        region: 'us-east-1',
        pathStyle: true,
      },
      credentials: { accessKeyId: 'AKID', secretAccessKey: 'very-secret' },
    });
  });

  test('may be a bucket at Amazon, with its name in the host', () => {
    expect(s3Location('s3://blocks?region=eu-west-1')).toEqual({
      bucket: 'blocks',
      prefix: '',
      endpoint: 'https://s3.eu-west-1.amazonaws.com',
      region: 'eu-west-1',
      pathStyle: false,
    });
  });

  test.each([
    ['/srv/blocks', 'takes a URL'],
    ['https://host/bucket', 'takes a URL'],
    ['s3://AKID:secret@bucket?region=eu-west-1', 'without a key in it'],
    ['s3://bucket:99?region=eu-west-1', 'takes a URL'],
    ['s3://b?region=eu-west-1', 'names no bucket'],
    ['s3://a..b?region=eu-west-1', 'names no bucket'],
    ['s3://bucket', 'needs an endpoint, or the region'],
    ['s3://bucket?region=Europe', 'names no region'],
    ['s3://bucket?region=eu-west-1&acl=public', 'not "acl"'],
    ['s3://bucket?region=eu-west-1&region=us-east-1', 'each once'],
    ['s3://bucket?endpoint=ftp://host', 'takes an endpoint'],
    ['s3://bucket?endpoint=http://host/path', 'takes an endpoint'],
    ['s3://bucket?endpoint=http://me:secret@host', 'takes an endpoint'],
    ['s3://bucket?endpoint=http://127.0.0.1:1&pathStyle=false', 'leave out pathStyle=false'],
    ['s3://a.bucket?region=eu-west-1', 'needs pathStyle=true'],
    ['s3://bucket?region=eu-west-1&pathStyle=yes', 'pathStyle=true or pathStyle=false'],
    ['s3://bucket//a?region=eu-west-1', 'takes a prefix'],
    ['s3://bucket/.a?region=eu-west-1', 'takes a prefix'],
    ['s3://bucket/a%20b?region=eu-west-1', 'takes a prefix'],
  ])('is not %s', (blocks, text) => {
    expect(() => readConfig({ blocks }, key)).toThrow(InvalidSetting);
    expect(() => readConfig({ blocks }, key)).toThrow(text);
  });
});

describe('the access key for blocks', () => {
  test.each([
    [{}, 'needs an access key'],
    [{ AMITY_BLOCKS_ACCESS_KEY_ID: 'AKID' }, 'AMITY_BLOCKS_SECRET_ACCESS_KEY'],
    [{ ...key, AMITY_BLOCKS_SECRET_ACCESS_KEY: 'a\nb' }, 'characters that no key has'],
    [{ ...key, AMITY_BLOCKS_CREDENTIALS_FILE: '/nowhere' }, 'not both'],
    [{ AMITY_BLOCKS_CREDENTIALS_FILE: '/nowhere' }, 'cannot be read from /nowhere'],
  ])('is refused where the environment is %j', (environment, text) => {
    expect(() => readConfig({ blocks: url }, environment)).toThrow(InvalidSetting);
    expect(() => readConfig({ blocks: url }, environment)).toThrow(text);
  });

  test('may be in a file that nobody else reads', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'key');
    const content = '# for blocks\n[default]\naws_access_key_id = AKID\naws_secret_access_key=very-secret\n';
    await writeFile(file, content, { mode: 0o600 });
    const read = () => readConfig({ blocks: url, blocksCredentials: file }, {}).blocks;
    expect(read()).toMatchObject({ credentials: { accessKeyId: 'AKID', secretAccessKey: 'very-secret' } });
    await chmod(file, 0o640);
    expect(read).toThrow('chmod 600');
    await writeFile(file, `${content}[other]\n`);
    await chmod(file, 0o600);
    expect(read).toThrow('one access key');
  });
});
