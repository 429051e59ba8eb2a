import { describe, expect, test } from 'vitest';
import type { GuestSpec } from '../../../../src/engines/engine.ts';
import { commandLine } from '../../../../src/engines/qemu/command-line.ts';
import {
  checkLayout,
  checkVersion,
  type MachineRecord,
  placesOf,
} from '../../../../src/engines/qemu/memory/machine-layout.ts';

const disk = (volumeId: string, boot = false) => ({
  ...{ volumeId, socketPath: '/run/nbd', exportName: volumeId, device: '/dev/xvda', boot },
});
const guest: GuestSpec = {
  instanceId: 'i-0123456789abcdef0',
  architecture: 'x86_64',
  firmware: 'legacy-bios',
  vcpus: 2,
  memoryMiB: 512,
  instanceType: 't3.nano',
  disks: [disk('vol-1', true), disk('vol-3')],
  nics: [{ networkInterfaceId: 'eni-1', macAddress: '02:aa:bb:cc:dd:ee', tap: 'tap7', enter: [] }],
};

/** A guest begun with two volumes, of which it has lost vol-2; vol-3 and vol-4 were plugged in, and vol-4 taken by force. */
const device = (qdev_id: string, slot: number, fn = 0, devices?: object[]) => ({
  ...{ qdev_id, slot, function: fn },
  ...(devices && { pci_bridge: { devices } }),
});
const buses = [
  {
    devices: [
      device('', 0),
      device('video0', 2),
      device('rp0', 4, 0, [device('disk-vol-1', 0)]),
      device('rp1', 4, 1, []),
      device('rp2', 4, 2, [device('nic-eni-1', 0)]),
      device('rp3', 4, 3, [device('hot', 0, 0, [device('disk-vol-4', 0), device('disk-vol-3', 10)])]),
      device('', 31, 2),
    ],
  },
];
const record: MachineRecord = {
  ...{ qemu: '7.2', accelerator: 'tcg', vcpus: 2, memoryMiB: 512, gone: { 'vol-4': 4096 } },
  ...placesOf(buses as never),
};

describe('a machine’s layout', () => {
  test('is its ports, and where its devices are behind them', () => {
    expect(placesOf(buses as never)).toEqual({
      ports: 4,
      places: {
        'disk-vol-1': { bus: 'rp0', addr: '0.0' },
        'nic-eni-1': { bus: 'rp2', addr: '0.0' },
        hot: { bus: 'rp3', addr: '0.0' },
        'disk-vol-4': { bus: 'hot', addr: '0.0' },
        'disk-vol-3': { bus: 'hot', addr: 'a.0' },
      },
    });
  });

  test('has another machine made like it, which waits for its memory', () => {
    const line = commandLine(guest, { qmpSocket: 'q', consoleSocket: 'c', consoleLog: 'l' }, 'tcg', record);
    expect(line.slice(0, 2)).toEqual(['-incoming', 'defer']);
    const devices = line.filter((_, index) => line[index - 1] === '-device').slice(2);
    expect(devices.map(text => text.replace(/,(drive|serial|werror|netdev|mac)=.*?(?=,bus)/, ''))).toEqual([
      'pcie-root-port,id=rp0,bus=pcie.0,chassis=1,addr=4.0,multifunction=on',
      'pcie-root-port,id=rp1,bus=pcie.0,chassis=2,addr=4.1',
      'pcie-root-port,id=rp2,bus=pcie.0,chassis=3,addr=4.2',
      'pcie-root-port,id=rp3,bus=pcie.0,chassis=4,addr=4.3',
      'virtio-blk-pci,id=disk-vol-1,bus=rp0,addr=0.0,bootindex=1',
      'virtio-net-pci,id=nic-eni-1,bus=rp2,addr=0.0',
      'pcie-pci-bridge,id=hot,bus=rp3,addr=0.0',
      'virtio-blk-pci,id=disk-vol-3,bus=hot,addr=a.0,disable-legacy=on',
      'virtio-blk-pci,id=disk-vol-4,bus=hot,addr=0.0,disable-legacy=on',
    ]);
    expect(line).toContain('{"driver":"null-co","node-name":"gone-vol-4","size":4096,"read-zeroes":true}');
  });

  test('fits only a guest of the same size and volumes, in the same QEMU', () => {
    expect(checkLayout(record, guest)).toBe(record);
    checkVersion(record, '7.2');
    const unusable = (message: string) => expect.objectContaining({ name: 'MemoryUnusable', message });
    const refused = (about: unknown, changes: Partial<GuestSpec>, message: string) =>
      expect(() => checkLayout(about, { ...guest, ...changes })).toThrow(unusable(message));
    refused(record, { vcpus: 1 }, 'it is of a machine with 2 vCPUs and 512 MiB, not 1 and 512');
    refused(
      record,
      { disks: [disk('vol-1', true)] },
      'it is of a machine with the volumes vol-1,vol-3, not vol-1',
    );
    refused(record, { nics: [] }, 'it is of a machine with the network interfaces eni-1, not ');
    for (const about of [null, 7, {}, { ...record, accelerator: 'xen' }])
      refused(about, {}, 'the memory file does not say of which machine it is');
    expect(() => checkVersion(record, '8.0')).toThrow(
      unusable('it is of a machine of QEMU 7.2, and this is QEMU 8.0'),
    );
  });
});
