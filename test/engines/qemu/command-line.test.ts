import { describe, expect, test } from 'vitest';
import type { GuestSpec } from '../../../src/engines/engine.ts';
import { commandLine, guestUuid } from '../../../src/engines/qemu/command-line.ts';
import { acceleratorFor } from '../../../src/engines/qemu/machines.ts';

const guest: GuestSpec = {
  instanceId: 'i-0123456789abcdef0',
  architecture: 'x86_64',
  firmware: 'legacy-bios',
  vcpus: 2,
  memoryMiB: 1024,
  instanceType: 't3.micro',
  disks: [
    {
      volumeId: 'vol-0aaaaaaaaaaaaaaa1',
      socketPath: '/run/amity/i-0123456789abcdef0.nbd',
      exportName: 'vol-0aaaaaaaaaaaaaaa1',
      device: '/dev/xvda',
      boot: true,
    },
    {
      volumeId: 'vol-0aaaaaaaaaaaaaaa2',
      socketPath: '/run/amity/i-0123456789abcdef0.nbd',
      exportName: 'vol-0aaaaaaaaaaaaaaa2',
      device: '/dev/sdf',
      boot: false,
    },
  ],
  nics: [
    {
      networkInterfaceId: 'eni-0123456789abcdef0',
      macAddress: '02:aa:bb:cc:dd:ee',
      tap: 'tap7',
      enter: ['/usr/bin/nsenter'],
    },
  ],
};

const paths = {
  qmpSocket: '/run/amity/i-1.qemu',
  consoleSocket: '/run/amity/i-1.tty',
  consoleLog: '/data,1/console.log',
};

const uuid = guestUuid(guest.instanceId);

describe('the command line of a guest', () => {
  test('is this, to the letter', () => {
    expect(commandLine(guest, paths, 'tcg').join('\n')).toBe(
      `-name
guest=i-0123456789abcdef0
-nodefaults
-display
none
-machine
pc-q35-7.2,graphics=off
-accel
tcg,thread=single,tb-size=256
-cpu
max,la57=off
-smp
2
-m
1024M
-rtc
base=utc
-boot
strict=on
-S
-no-shutdown
-sandbox
on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny
-uuid
${uuid}
-smbios
type=0,vendor=Amazon EC2,version=1.0
-smbios
type=1,manufacturer=Amazon EC2,product=t3.micro,uuid=${uuid},serial=${uuid}
-smbios
type=3,manufacturer=Amazon EC2,asset=Amazon EC2
-chardev
socket,id=qmp,path=/run/amity/i-1.qemu,server=on,wait=off
-mon
chardev=qmp,mode=control
-chardev
socket,id=serial0,path=/run/amity/i-1.tty,server=on,wait=off,logfile=/data,,1/console.log,logappend=on
-serial
chardev:serial0
-object
rng-builtin,id=rng0
-device
virtio-rng-pci,rng=rng0
-device
VGA,id=video0,vgamem_mb=8
-device
pcie-root-port,id=rp0,bus=pcie.0,chassis=1,addr=4.0,multifunction=on
-device
pcie-root-port,id=rp1,bus=pcie.0,chassis=2,addr=4.1
-device
pcie-root-port,id=rp2,bus=pcie.0,chassis=3,addr=4.2
-device
pcie-root-port,id=rp3,bus=pcie.0,chassis=4,addr=4.3
-blockdev
{"driver":"nbd","node-name":"vol-0aaaaaaaaaaaaaaa1","server":{"type":"unix","path":"/run/amity/i-0123456789abcdef0.nbd"},"export":"vol-0aaaaaaaaaaaaaaa1","reconnect-delay":0,"discard":"unmap"}
-device
virtio-blk-pci,id=disk-vol-0aaaaaaaaaaaaaaa1,drive=vol-0aaaaaaaaaaaaaaa1,serial=vol0aaaaaaaaaaaaaaa1,werror=stop,rerror=stop,bus=rp0,bootindex=1
-blockdev
{"driver":"nbd","node-name":"vol-0aaaaaaaaaaaaaaa2","server":{"type":"unix","path":"/run/amity/i-0123456789abcdef0.nbd"},"export":"vol-0aaaaaaaaaaaaaaa2","reconnect-delay":0,"discard":"unmap"}
-device
virtio-blk-pci,id=disk-vol-0aaaaaaaaaaaaaaa2,drive=vol-0aaaaaaaaaaaaaaa2,serial=vol0aaaaaaaaaaaaaaa2,werror=stop,rerror=stop,bus=rp1
-netdev
tap,id=net-eni-0123456789abcdef0,ifname=tap7,script=no,downscript=no,vhost=off
-device
virtio-net-pci,id=nic-eni-0123456789abcdef0,netdev=net-eni-0123456789abcdef0,mac=02:aa:bb:cc:dd:ee,romfile=,bus=rp2
-device
pcie-pci-bridge,id=hot,bus=rp3`,
    );
  });

  test('has its NICs in order behind its disks', () => {
    const second = { ...guest.nics[0]!, networkInterfaceId: 'eni-1', tap: 'tap8' };
    const line = commandLine({ ...guest, nics: [...guest.nics, second] }, paths, 'tcg').join(' ');
    expect(line).toContain('tap,id=net-eni-1,ifname=tap8,');
    expect(line).toMatch(/netdev=net-eni-1,\S+,bus=rp3 -device pcie-pci-bridge,id=hot,bus=rp4$/);
  });

  test('takes the host’s processor with KVM', () => {
    const line = commandLine(guest, paths, 'kvm').join(' ');
    expect(line).toContain('-accel kvm -cpu host');
    expect(line).not.toContain('tcg');
  });

  test('never has user networking, which would lead to the host’s own metadata service', () => {
    expect(commandLine(guest, paths, 'tcg').join(' ')).not.toContain('user');
  });

  test('has the same machine for i386', () => {
    expect(commandLine({ ...guest, architecture: 'i386' }, paths, 'tcg')).toEqual(
      commandLine(guest, paths, 'tcg'),
    );
  });
});

describe('the command line of a guest that boots by UEFI', () => {
  const firmware = { code: '/usr/share/CODE.fd', variables: '/data,1/firmware-variables' };
  const line = commandLine(guest, { ...paths, firmware }, 'tcg').join('\n');

  test('has firmware that the guest cannot write, and variables of its own that it can', () => {
    expect(line).toContain(
      `-blockdev
{"driver":"file","node-name":"code","filename":"/usr/share/CODE.fd","read-only":true}
-blockdev
{"driver":"file","node-name":"variables","filename":"/data,1/firmware-variables","read-only":false}
-machine
pc-q35-7.2,graphics=off,pflash0=code,pflash1=variables`,
    );
  });

  test('differs in nothing else', () => {
    const changed = commandLine(guest, paths, 'tcg').filter(word => !line.includes(word));
    expect(changed).toEqual([]);
  });
});

describe('the command line of an arm64 guest', () => {
  const arm = commandLine({ ...guest, architecture: 'arm64', firmware: 'uefi' }, paths, 'tcg').join('\n');

  test('has a Graviton2’s processor and no screen', () => {
    expect(arm).toContain('-machine\nvirt-7.2,gic-version=3\n-accel\ntcg,thread=single,tb-size=256\n');
    expect(arm).toContain('-cpu\nneoverse-n1\n');
    expect(arm).not.toContain('VGA');
  });

  test('has ports for volumes that come later, as its machine has no hot plug by ACPI', () => {
    expect(arm).toContain('pcie-root-port,id=rp2,bus=pcie.0,chassis=3,addr=4.2');
    expect(arm).toContain('pcie-root-port,id=hot0,bus=pcie.0,chassis=4,addr=4.3\n');
    expect(arm).toContain('pcie-root-port,id=hot15,bus=pcie.0,chassis=19,addr=6.2');
    expect(arm).not.toContain('pcie-pci-bridge');
  });
});

describe('KVM', () => {
  test.each([
    ['x86_64', 'x64', 'kvm'],
    ['i386', 'x64', 'kvm'],
    ['arm64', 'x64', 'tcg'],
    ['arm64', 'arm64', 'kvm'],
    ['x86_64', 'arm64', 'tcg'],
  ] as const)('of guests of %s on a host of %s: %s', (architecture, host, accelerator) => {
    expect(acceleratorFor({ architecture }, 'kvm', host)).toBe(accelerator);
  });

  test('is not taken where it is not offered', () => {
    expect(acceleratorFor({ architecture: 'x86_64' }, 'tcg', 'x64')).toBe('tcg');
  });
});

test('a guest’s uuid begins with ec2, stays, and differs from its neighbour’s', () => {
  expect(uuid).toMatch(/^ec2[0-9a-f]{5}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  expect(guestUuid(guest.instanceId)).toBe(uuid);
  expect(guestUuid('i-0123456789abcdef1')).not.toBe(uuid);
});
