import { expect, test } from 'vitest';
import { hopLimits, orderedHeaders } from '../../../src/networks/namespace/hop-limits.ts';
import { endpoint } from '../../support/vpc-plans.ts';

const rules = hopLimits([endpoint(1)]);
const of = (words: number) => rules.filter(rule => rule.startsWith(`tcp doff ${words} `));
const hex = (text: string) => `0x${Buffer.from(text).toString('hex')}`;

test('an answer that begins as none with a token frees its connection, wherever the TCP header ends', () => {
  expect(of(8)).toEqual([
    'tcp doff 8 ip length 52 return',
    `tcp doff 8 @th,256,128 ${hex('HTTP/1.1 200 OK\r')} @th,384,128 ${hex('\nserver: EC2ws\r\n')} ct mark set 2 return`,
    `tcp doff 8 @th,256,80 ${hex('HTTP/1.1 4')} ct mark set 2 return`,
  ]);
  for (let words = 5; words <= 15; words++) expect(of(words)).toHaveLength(3);
});

test('what is not known to be without a token is limited, and a new connection is not known', () => {
  expect(rules[0]).toBe('tcp flags & syn == syn ct mark set 0 return');
  expect(rules[1]).toBe('ct mark 2 return');
  expect(rules.at(-1)).toBe('ip daddr { 172.31.20.1 } ip ttl set 1');
});

test('the server is named first where there is no token, and last where there may be one', () => {
  const sent = { 'content-type': 'text/plain' };
  expect(Object.keys(orderedHeaders('GET', sent))).toEqual(['server', 'content-type']);
  expect(Object.keys(orderedHeaders('PUT', sent))).toEqual(['content-type', 'server']);
});
