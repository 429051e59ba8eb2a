import { expect, test } from 'vitest';
import { publishedCertificates } from '../src/published-certificates.ts';

const published = publishedCertificates(
  new Map([
    ['us-east-1', { identityCertificates: { rsa: 'RSA us', dsa: 'DSA us' } }],
    ['eu-west-1', { identityCertificates: { rsa: 'RSA eu', dsa: 'DSA eu' } }],
  ]),
);

test('each region has its certificates at a URL of their own', () => {
  expect(published('/.well-known/instance-identity/us-east-1/rsa.pem')).toBe('RSA us');
  expect(published('/.well-known/instance-identity/eu-west-1/dsa.pem')).toBe('DSA eu');
});

test.each([
  '/',
  '/.well-known/instance-identity/',
  '/.well-known/instance-identity/us-east-1/rsa.key',
  '/.well-known/instance-identity/us-east-1/../us-east-1/rsa.pem',
  '/.well-known/instance-identity/ap-south-1/rsa.pem',
  '/.well-known/instance-identity/__proto__/rsa.pem',
])('%s is not published', path => {
  expect(published(path)).toBeUndefined();
});
