import { describe, expect, test } from 'vitest';
import { chooseKey } from '../../src/domain/encryption.ts';
import { keyDomainOf } from '../../src/domain/key-domain.ts';
import { type KmsKey, keyFault, parseKeyReference } from '../../src/domain/kms-key.ts';

const me = '111122223333';
const plain = { encrypted: false, ownerId: me };
const mine = { encrypted: true, ownerId: me };
const shared = { encrypted: true, ownerId: '444455556666' };

describe('which key a volume or a copy gets', () => {
  test.each([
    ['nothing', undefined, {}, false, 'none'],
    ['nothing', undefined, {}, true, 'default'],
    ['nothing', undefined, { Encrypted: true }, false, 'default'],
    ['nothing', undefined, { Encrypted: false }, true, 'default'],
    ['a plain snapshot', plain, {}, false, 'none'],
    ['a plain snapshot', plain, {}, true, 'default'],
    ['a plain snapshot', plain, { Encrypted: true }, false, 'default'],
    ['a plain snapshot', plain, { Encrypted: true, KmsKeyId: 'k' }, false, 'asked'],
    ['an encrypted snapshot', mine, {}, false, 'source'],
    ['an encrypted snapshot', mine, {}, true, 'source'],
    ['an encrypted snapshot', mine, { Encrypted: true }, false, 'source'],
    ['an encrypted snapshot', mine, { Encrypted: true, KmsKeyId: 'k' }, false, 'asked'],
    ['a shared encrypted snapshot', shared, {}, false, 'default'],
    ['a shared encrypted snapshot', shared, { Encrypted: true }, true, 'default'],
    ['a shared encrypted snapshot', shared, { Encrypted: true, KmsKeyId: 'k' }, false, 'asked'],
  ])(
    'of %s (%o), asked for %o, encrypted by default: %o, is %s',
    (_of, source, request, byDefault, choice) => {
      expect(chooseKey(request, source, { accountId: me, byDefault })).toBe(choice);
    },
  );

  test.each([{ KmsKeyId: 'k' }, { KmsKeyId: 'k', Encrypted: false }])('%o is refused', request => {
    expect(() => chooseKey(request, mine, { accountId: me, byDefault: true })).toThrow(
      'The parameter KmsKeyId requires the parameter Encrypted to be set.',
    );
  });
});

describe('keys', () => {
  const arn = `arn:aws:kms:us-east-1:${me}:key/k1`;

  test('are named by id or alias, bare or in an ARN', () => {
    expect(parseKeyReference('k1')).toEqual({ keyId: 'k1' });
    expect(parseKeyReference('alias/a/b')).toEqual({ aliasName: 'alias/a/b' });
    const where = { region: 'us-east-1', accountId: me };
    expect(parseKeyReference(arn)).toEqual({ ...where, keyId: 'k1' });
    expect(parseKeyReference(arn.replace('key/k1', 'alias/a'))).toEqual({ ...where, aliasName: 'alias/a' });
    expect(parseKeyReference('arn:aws:s3:::x')).toEqual({ keyId: 'arn:aws:s3:::x' });
  });

  test('have a key domain each; what has no key is in that of its owner', () => {
    expect(keyDomainOf({ ownerId: '5', kmsKeyId: arn })).toBe(`${me}/k1`);
    expect(keyDomainOf({ ownerId: '5' })).toBe('5/default');
    expect(() => keyDomainOf({ ownerId: '5', kmsKeyId: 'alias/x' })).toThrow('not the ARN of a key');
  });

  test('can be used by their own account while they are enabled', () => {
    const key: KmsKey = {
      ...{ keyId: 'k1', arn, ownerId: me, description: '', manager: 'CUSTOMER', tags: {} },
      ...{ state: 'Enabled', createTime: '2026-05-01T00:00:00.000Z' },
    };
    expect(keyFault(key, arn, me)).toBeUndefined();
    expect(keyFault(key, arn, '444455556666')).toBe('denied');
    expect(keyFault(key, arn.replace('us-east-1', 'eu-west-1'), me)).toBe('missing');
    expect(keyFault(undefined, arn, me)).toBe('missing');
    expect(keyFault({ ...key, state: 'Disabled' }, arn, me)).toBe('disabled');
    expect(keyFault({ ...key, state: 'PendingDeletion' }, arn, me)).toBe('pending deletion');
    expect(keyFault({ ...key, state: 'Deleted' }, arn, me)).toBe('missing');
  });
});
