import { describe, expect, test } from 'vitest';
import { blockServerCommand, parseBlockServerOptions } from '../../../src/disks/block-server/command.ts';

describe('the block server command', () => {
  const options = {
    blocksFolder: '/data/blocks',
    socketPath: '/run/s',
    masterKey: Buffer.alloc(32, 7),
    cacheBytes: 1,
  };
  const bucket = {
    location: { bucket: 'b', prefix: 'p', endpoint: 'http://h', region: 'r', pathStyle: true },
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'very-secret' },
    name: 's3://b/p',
  };

  test('hands the key over standard input and never on the command line', () => {
    const { argv, stdin } = blockServerCommand(options);
    expect(argv.join(' ')).not.toContain(options.masterKey.toString('base64'));
    expect(parseBlockServerOptions(stdin)).toEqual(options);
  });

  test('hands over a bucket and its access key the same way, and refuses half of one', () => {
    const { argv, stdin } = blockServerCommand({ ...options, bucket });
    expect(argv.join(' ')).not.toContain(bucket.credentials.secretAccessKey);
    expect(parseBlockServerOptions(stdin)).toEqual({ ...options, bucket });
    for (const wrong of [{}, null, 'secret', { ...bucket, credentials: {} }, { ...bucket, location: 1 }]) {
      const line = blockServerCommand({ ...options, bucket: wrong as typeof bucket }).stdin;
      expect(() => parseBlockServerOptions(line)).toThrow('bucket must be {location, credentials, name}');
    }
  });

  test('refuses other input without repeating it', () => {
    for (const line of ['', 'secret', '[]', 'null', '{"masterKey":"secret"}'])
      expect(() => parseBlockServerOptions(line)).toThrow(/reads one line of JSON/);
    const short = JSON.stringify({ blocksFolder: '/a', socketPath: '/b', masterKey: 'c2VjcmV0' });
    expect(() => parseBlockServerOptions(short)).toThrow(/32 bytes/);
    expect(() =>
      parseBlockServerOptions(blockServerCommand({ ...options, socketPath: 's'.repeat(108) }).stdin),
    ).toThrow(/107/);
  });
});
