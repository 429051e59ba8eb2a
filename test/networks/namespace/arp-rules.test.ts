import { expect, test } from 'vitest';
import { arpRules } from '../../../src/networks/namespace/arp-rules.ts';
import { endpoint, plan } from '../../support/vpc-plans.ts';

test('a guest speaks in ARP of its own addresses alone', () => {
  const secondaryAddresses = [{ privateIpAddress: '172.31.20.9' }];
  const lines = arpRules(plan(endpoint(1, { secondaryAddresses, sourceDestCheck: false }))).split('\n');
  expect(lines.filter(line => line.includes('vm4'))).toEqual([
    '    iifname . arp saddr ether . arp saddr ip { "vm456789abcde01" . 02:00:00:00:00:01 . 172.31.20.1, "vm456789abcde01" . 02:00:00:00:00:01 . 172.31.20.9 } accept',
    '    iifname . arp saddr ether { "vm456789abcde01" . 02:00:00:00:00:01 } arp saddr ip 0.0.0.0 accept',
  ]);
});

test('without guests nobody speaks but slirp', () => {
  expect(arpRules(plan()).match(/accept/g)).toHaveLength(1);
});
