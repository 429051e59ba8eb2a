import { describe, expect, test } from 'vitest';
import type { TrafficRule, VpcPlan } from '../../../src/domain/vpc-plan-types.ts';
import { ruleset } from '../../../src/networks/namespace/ruleset.ts';
import { endpoint, plan, rule } from '../../support/vpc-plans.ts';

function text(vpc: VpcPlan, hostAddresses: string[] = [], allowedRanges: string[] = []): string {
  return ruleset({ plan: vpc, hostAddresses, allowedRanges });
}

/** The rules of one chain. */
function chain(name: string, whole: string): string[] {
  const lines = whole.split('\n').map(line => line.trim());
  const start = lines.indexOf(`chain ${name} {`);
  if (start < 0) throw new Error(`there is no chain ${name}`);
  return lines.slice(start + 1, lines.indexOf('}', start));
}

const ingress = (...rules: TrafficRule[]) =>
  chain('arrives-vm456789abcde01', text(plan(endpoint(1, { ingress: rules }))));
const egress = (...rules: TrafficRule[]) =>
  chain('leaves-vm456789abcde01', text(plan(endpoint(1, { egress: rules }))));

describe('the ruleset', () => {
  test('of two guests, whole', () => {
    const web = endpoint(1, { ingress: [rule('tcp', 80), rule('tcp', 22, '127.0.0.0/8')] });
    const database = endpoint(2, { ingress: [rule('tcp', 5432, '172.31.20.1/32')], egress: [] });
    expect(text(plan(web, database), ['192.0.2.2'], ['10.20.0.0/16'])).toMatchSnapshot();
  });

  test('replaces the table in one transaction, also where there is none yet', () => {
    expect(text(plan()).split('\n').slice(0, 3)).toEqual([
      'table inet amity',
      'delete table inet amity',
      'table inet amity {',
    ]);
  });

  test('without guests lets nothing of a tap in', () => {
    expect(chain('prerouting', text(plan()))).toEqual([
      'type filter hook prerouting priority raw; policy accept;',
      'iifname "vm*" drop',
    ]);
  });

  test('refuses host addresses even within an allowed range, and private ranges after it', () => {
    expect(chain('outward', text(plan(), ['10.0.0.7', '192.0.2.2'], ['10.0.0.0/24']))).toEqual([
      'ct direction reply drop',
      'ip daddr { 10.0.0.7, 192.0.2.2 } drop',
      'ip daddr 10.0.0.0/24 return',
      'ip daddr { 0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16, 224.0.0.0/3 } drop',
      'ip daddr 172.31.0.0/16 drop',
    ]);
  });

  test('looks at what leaves the VPC before anything is let through for being established', () => {
    const rules = chain('forward', text(plan(endpoint(1))));
    const outward = rules.findIndex(rule => rule.endsWith('jump outward'));
    expect(outward).toBeGreaterThan(0);
    expect(outward).toBeLessThan(rules.indexOf('ct state established,related accept'));
  });

  test('lets a guest send from its second addresses too, by its own MAC address alone', () => {
    const secondaryAddresses = [{ privateIpAddress: '172.31.20.7' }];
    const [, own] = chain('prerouting', text(plan(endpoint(1, { secondaryAddresses }))));
    expect(own).toBe(
      'iifname . ether saddr . ip saddr { "vm456789abcde01" . 02:00:00:00:00:01 . 172.31.20.1, "vm456789abcde01" . 02:00:00:00:00:01 . 172.31.20.7 } accept',
    );
  });

  test('lets a router send from any address but those the namespace serves, and to none of these', () => {
    const rules = chain('prerouting', text(plan(endpoint(1), endpoint(2, { sourceDestCheck: false }))));
    expect(rules.at(-2)).toBe(
      'iifname . ether saddr { "vm456789abcde02" . 02:00:00:00:00:02 } ' +
        'ip saddr != { 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16, 224.0.0.0/3, 172.31.0.2, 172.31.16.1 } ' +
        'ip daddr != { 127.0.0.0/8, 169.254.0.0/16, 224.0.0.0/3, 172.31.0.2, 172.31.16.1 } accept',
    );
  });

  test('breaks off first what a guest without a way to the internet has with it', () => {
    const rules = chain('forward', text(plan(endpoint(1), endpoint(2, { hasInternet: false }))));
    expect(rules.slice(1, 3)).toEqual([
      'iifname { "vm456789abcde02" } oifname "tapout" drop',
      'iifname "tapout" oifname { "vm456789abcde02" } drop',
    ]);
  });

  test('groups the hop limits of the metadata service', () => {
    const far = endpoint(3);
    far.metadata.options.httpPutResponseHopLimit = 2;
    expect(chain('hop-limits', text(plan(endpoint(1), endpoint(2), far))).slice(-2)).toEqual([
      'ip daddr { 172.31.20.1, 172.31.20.2 } ip ttl set 1',
      'ip daddr { 172.31.20.3 } ip ttl set 2',
    ]);
  });
});

describe('a rule', () => {
  test('of ingress names protocol, ports and source', () => {
    expect(ingress(rule('tcp', 443, '172.31.0.0/16'))).toEqual([
      'ip saddr 172.31.0.0/16 tcp dport 443-443 accept',
    ]);
    expect(ingress({ protocol: 'udp', fromPort: 0, toPort: 65535, cidr: '10.0.0.0/8' })).toEqual([
      'ip saddr 10.0.0.0/8 udp dport 0-65535 accept',
    ]);
    expect(ingress({ protocol: 'tcp', fromPort: -1, toPort: -1, cidr: '0.0.0.0/0' })).toEqual([
      'tcp dport 0-65535 accept',
    ]);
  });

  test('that contains 127.0.0.1 admits clients on the host, who come through slirp', () => {
    expect(ingress(rule('tcp', 22, '127.0.0.1/32'))).toEqual([
      'ip saddr 127.0.0.1/32 tcp dport 22-22 accept',
      'ip saddr 169.254.77.2 tcp dport 22-22 accept',
    ]);
    expect(ingress(rule('tcp', 22, '128.0.0.0/1'))).toEqual(['ip saddr 128.0.0.0/1 tcp dport 22-22 accept']);
  });

  test('for every protocol has no other condition', () => {
    expect(ingress({ protocol: 'all', fromPort: -1, toPort: -1, cidr: '0.0.0.0/0' })).toEqual(['accept']);
  });

  test('for ICMP has its type and code in the ports', () => {
    const icmp = (fromPort: number, toPort: number) =>
      ingress({ protocol: 'icmp', fromPort, toPort, cidr: '0.0.0.0/0' });
    expect(icmp(-1, -1)).toEqual(['ip protocol icmp accept']);
    expect(icmp(8, -1)).toEqual(['icmp type 8 accept']);
    expect(icmp(3, 4)).toEqual(['icmp type 3 icmp code 4 accept']);
  });

  test('of egress sends the packet on to what guards its destination', () => {
    expect(egress(rule('udp', 53, '1.1.1.1/32'))).toEqual([
      'ip daddr 1.1.1.1/32 udp dport 53-53 goto arrives',
    ]);
    expect(egress()).toEqual([]);
  });
});
