import { expect, test } from 'vitest';
import { arpRules } from '../../../src/networks/namespace/arp-rules.ts';
import { endpoint, plan } from '../../support/vpc-plans.ts';

test('a guest answers in ARP for its own addresses alone, and what it asks under others is asked under its own', () => {
  const secondaryAddresses = [{ privateIpAddress: '172.31.20.9' }];
  const lines = arpRules(plan(endpoint(1, { secondaryAddresses }))).split('\n');
  expect(lines.slice(6, 10).map(line => line.trim())).toEqual([
    'iifname . arp saddr ether != { "vm456789abcde01" . 02:00:00:00:00:01 } drop',
    'iifname . arp saddr ip { "vm456789abcde01" . 172.31.20.1, "vm456789abcde01" . 172.31.20.9 } accept',
    'arp saddr ip 0.0.0.0 accept',
    'arp operation request arp saddr ip set iifname map { "vm456789abcde01" : 172.31.20.1 } accept',
  ]);
});

test('without guests nobody speaks but slirp', () => {
  expect(arpRules(plan()).match(/accept/g)).toHaveLength(1);
});
