import { expect, test } from 'vitest';
import { gatewayAddress, resolverAddress, tapName } from '../../../src/networks/namespace/addresses.ts';
import { enterNamespace, remedy } from '../../../src/networks/namespace/mode.ts';
import { vpcOfProcess } from '../../../src/networks/namespace/vpc-settings.ts';

test('the name of a tap fits an interface, for long and short ids', () => {
  expect(tapName('eni-0123456789abcdef0')).toBe('vm456789abcdef0');
  expect(tapName('eni-0123456789abcdef0').length).toBe(15);
  expect(tapName('eni-01234567')).toBe('vm01234567');
});

test('the router is the first address of its subnet, the resolver the third of the VPC', () => {
  expect(gatewayAddress('172.31.16.0/20')).toBe('172.31.16.1');
  expect(resolverAddress('172.31.0.0/16')).toBe('172.31.0.2');
});

test('a user enters the user namespace too, root does not', () => {
  expect(enterNamespace('rootful', 7)).toEqual(['/usr/bin/nsenter', '-n', '-t', '7']);
  expect(enterNamespace('rootless', 7).slice(1, 3)).toEqual(['-U', '--preserve-credentials']);
});

test('where no namespace can be made, the error names the remedy', () => {
  expect(remedy('nft could not be run: spawn nft ENOENT')).toMatch(/install iproute2, nftables/);
  expect(remedy('unshare failed (exit code 1): open: Permission denied')).toMatch(
    /chmod 0666 \/dev\/net\/tun/,
  );
  expect(remedy('unshare: unshare failed: Operation not permitted')).toMatch(/unprivileged_userns_clone=1/);
});

test('a process tells its VPC by its name', () => {
  expect(vpcOfProcess('slirp-vpc-0123456789abcdef0')).toBe('vpc-0123456789abcdef0');
  expect(vpcOfProcess('qemu-i-0123456789abcdef0')).toBeUndefined();
});
