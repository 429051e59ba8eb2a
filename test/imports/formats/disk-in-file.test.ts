import { describe, expect, test } from 'vitest';
import type { ImportFormat } from '../../../src/domain/import-task.ts';
import { diskInFile } from '../../../src/imports/formats/disk-in-file.ts';
import type { FileReader } from '../../../src/imports/formats/file-reader.ts';
import { ImportRefused } from '../../../src/imports/importer.ts';
import { fileOf, ova, qcow2, vhd, vhdx, vmdk } from './disk-files.ts';

const GiB = 1024 ** 3;
const read = (format: ImportFormat, bytes: Buffer | FileReader) =>
  diskInFile(Buffer.isBuffer(bytes) ? fileOf(bytes) : bytes, format);
const why = (format: ImportFormat, bytes: Buffer | FileReader) =>
  read(format, bytes).then(
    () => 'taken',
    error => {
      if (!(error instanceof ImportRefused)) throw error;
      return error.message;
    },
  );

describe('a disk that stands alone is taken with its size', () => {
  test.each<[string, ImportFormat, Buffer, object]>([
    ['raw', 'RAW', Buffer.alloc(1024), { driver: 'raw', size: 1024 }],
    ['qcow2', 'QCOW2', qcow2(), { driver: 'qcow2', size: 8 * GiB }],
    ['qcow2 of version 2', 'QCOW2', qcow2({ version: 2 }), { driver: 'qcow2', size: 8 * GiB }],
    ['vmdk', 'VMDK', vmdk(), { driver: 'vmdk', size: 8 * GiB }],
    ['dynamic VHD', 'VHD', vhd(3), { driver: 'vpc', size: 8 * GiB }],
    ['fixed VHD', 'VHD', Buffer.concat([Buffer.alloc(4096), vhd(2)]), { driver: 'vpc', size: 8 * GiB }],
    ['VHDX', 'VHDX', vhdx(), { driver: 'vhdx', size: 8 * GiB }],
    [
      'OVA',
      'OVA',
      ova([
        ['a.ovf', Buffer.from('<xml/>')],
        ['a-disk1.vmdk', vmdk()],
      ]),
      { driver: 'vmdk', size: 8 * GiB, part: { offset: 1536, size: vmdk().length } },
    ],
  ])('%s', async (_what, format, bytes, expected) => {
    expect(await read(format, bytes)).toEqual(expected);
  });
});

describe('what draws on other files is refused', () => {
  test.each<[string, ImportFormat, Buffer, string]>([
    ['a qcow2 with a backing file', 'QCOW2', qcow2({ backing: 104 }), 'backing file'],
    ['a qcow2 with a data file', 'QCOW2', qcow2({ incompatible: 4n }), 'in another file'],
    [
      'a VMDK descriptor',
      'VMDK',
      Buffer.from('# Disk DescriptorFile\nRW 1 FLAT "/etc/shadow" 0\n'),
      'a descriptor of other files',
    ],
    [
      'a sparse VMDK that leaves all to its descriptor',
      'VMDK',
      vmdk({ capacity: 0n }),
      'a descriptor of other files',
    ],
    [
      'a VMDK with a parent’s name',
      'VMDK',
      vmdk({ descriptor: 'parentFileNameHint="/etc/shadow"\n' }),
      'a child',
    ],
    ['a VMDK with a parent', 'VMDK', vmdk({ descriptor: 'parentCID=12345678\n' }), 'a child'],
    [
      'a VMDK of flat extents',
      'VMDK',
      vmdk({ descriptor: 'createType="monolithicFlat"\n' }),
      '"monolithicFlat"',
    ],
    [
      'a VMDK of several extents',
      'VMDK',
      vmdk({ descriptor: 'RW 1 SPARSE "a"\nRW 1 SPARSE "b"\n' }),
      'several files',
    ],
    ['an ESX extent', 'VMDK', Buffer.from('COWD'.padEnd(600, '\0')), 'an ESX sparse extent'],
    ['a differencing VHD', 'VHD', vhd(4), 'merge it with its parent'],
    ['a VHDX with a parent', 'VHDX', vhdx({ flags: 2 }), 'merge it with its parent'],
    [
      'an OVA of two disks',
      'OVA',
      ova([
        ['a.vmdk', vmdk()],
        ['b.vmdk', vmdk()],
      ]),
      'more than one disk',
    ],
    [
      'an OVA whose disk has a parent',
      'OVA',
      ova([['a.vmdk', vmdk({ descriptor: 'parentCID=0\n' })]]),
      'a child',
    ],
    ['an OVA without a disk', 'OVA', ova([['a.ovf', Buffer.alloc(1)]]), 'holds no VMDK'],
    ['an OVA with a link for a disk', 'OVA', ova([['a.vmdk', Buffer.alloc(0)]], '2'), 'holds no VMDK'],
  ])('%s', async (_what, format, bytes, words) => {
    expect(await why(format, bytes)).toContain(words);
  });
});

describe('what is no disk is refused', () => {
  test.each<[string, ImportFormat, Buffer, string]>([
    ['an empty file', 'RAW', Buffer.alloc(0), 'The file is empty'],
    ['a qcow2 that is called raw', 'RAW', qcow2(), 'The file is in QCOW2 format, not RAW'],
    ['a raw disk that is called qcow2', 'QCOW2', Buffer.alloc(4096), 'not in QCOW2 format'],
    ['a raw disk that is called VMDK', 'VMDK', Buffer.alloc(4096), 'not in VMDK format'],
    ['a raw disk that is called VHD', 'VHD', Buffer.alloc(4096), 'not in VHD format'],
    ['a raw disk that is called VHDX', 'VHDX', Buffer.alloc(4096), 'not in VHDX format'],
    ['a VMDK that is called OVA', 'OVA', vmdk(), 'not in OVA format'],
    ['a qcow2 of a later version', 'QCOW2', qcow2({ version: 4 }), 'version 4'],
    ['a qcow2 of unknown features', 'QCOW2', qcow2({ incompatible: 1n << 40n }), 'unknown features'],
    ['a qcow2 in use', 'QCOW2', qcow2({ incompatible: 1n }), 'qemu-img check'],
    ['a disk of no size', 'QCOW2', qcow2({ size: 0n }), 'The disk is empty'],
    ['a disk of absurd size', 'QCOW2', qcow2({ size: 2n ** 50n }), 'larger than 64 TiB'],
    ['a disk of a size beyond numbers', 'QCOW2', qcow2({ size: 2n ** 63n }), 'out of range'],
    ['a VMDK of absurd size', 'VMDK', vmdk({ capacity: 2n ** 62n }), 'out of range'],
    ['a VHDX of absurd size', 'VHDX', vhdx({ size: 2n ** 60n }), 'out of range'],
    ['an OVA that is cut short', 'OVA', ova([['a.vmdk', vmdk()]]).subarray(0, 2048), 'cut short'],
  ])('%s', async (_what, format, bytes, words) => {
    expect(await why(format, bytes)).toContain(words);
  });
});

test('no damage makes a check do anything but take or refuse the file', async () => {
  const files: [ImportFormat, Buffer][] = [
    ['QCOW2', qcow2()],
    ['VMDK', vmdk()],
    ['VHD', vhd(3)],
    ['VHDX', vhdx()],
    ['OVA', ova([['a.vmdk', vmdk()]])],
  ];
  let state = 1;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  for (const [format, sound] of files) {
    const meaningful = [...Array(512).keys(), ...pointsOf(sound)];
    for (let round = 0; round < 300; round++) {
      const bytes = Buffer.from(sound);
      for (let change = 0; change <= random(4); change++)
        bytes[meaningful[random(meaningful.length)]!] = [0, 255, 127, random(256)][random(4)]!;
      const cut = random(4) ? bytes : bytes.subarray(0, random(bytes.length));
      expect(await why(format, cut)).toEqual(expect.any(String));
    }
  }
});

/** Where a file holds something at all. */
function pointsOf(bytes: Buffer): number[] {
  return [...bytes.keys()].filter(index => bytes[index] !== 0);
}
