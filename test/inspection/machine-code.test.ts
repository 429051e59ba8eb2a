import { expect, test } from 'vitest';
import { elfArchitecture, kernelArchitecture, peArchitecture } from '../../src/inspection/machine-code.ts';

const elf = (machine: number, data = 1) => {
  const header = Buffer.alloc(64);
  header.write('\x7fELF', 'latin1');
  header.writeUInt8(data, 5);
  header.writeUInt16LE(machine, 18);
  return header;
};
const pe = (machine: number, at = 64) => {
  const header = Buffer.alloc(128);
  header.write('MZ');
  header.writeUInt32LE(at, 60);
  header.write('PE\0\0', 64);
  header.writeUInt16LE(machine, 68);
  return header;
};
const bzImage = (protocol: number, flags: number) => {
  const header = Buffer.alloc(1024);
  header.write('HdrS', 0x202);
  header.writeUInt16LE(protocol, 0x206);
  header.writeUInt16LE(flags, 0x236);
  return header;
};

test.each([
  [3, 0x14c, 'i386'],
  [62, 0x8664, 'x86_64'],
  [183, 0xaa64, 'arm64'],
  [40, 0x1c2, undefined],
])('ELF machine %i and PE machine %i are %s', (elfMachine, peMachine, architecture) => {
  expect(elfArchitecture(elf(elfMachine))).toBe(architecture);
  expect(peArchitecture(pe(peMachine))).toBe(architecture);
  expect(kernelArchitecture(pe(peMachine))).toBe(architecture);
  expect(kernelArchitecture(elf(elfMachine))).toBe(architecture);
});

test('an Intel kernel without an EFI stub says by its boot protocol whether it has 64 bits', () => {
  expect(kernelArchitecture(bzImage(0x20f, 1))).toBe('x86_64');
  expect(kernelArchitecture(bzImage(0x20f, 0))).toBe('i386');
  expect(kernelArchitecture(bzImage(0x20a, 1))).toBeUndefined();
});

test('a plain Arm kernel is known by its own mark', () => {
  const image = Buffer.alloc(64);
  image.write('ARM\x64', 56);
  expect(kernelArchitecture(image)).toBe('arm64');
});

test('what is cut off, big-endian or points outside is no program', () => {
  expect(elfArchitecture(elf(62).subarray(0, 19))).toBeUndefined();
  expect(elfArchitecture(elf(62, 2))).toBeUndefined();
  expect(peArchitecture(pe(0x8664).subarray(0, 69))).toBeUndefined();
  expect(peArchitecture(pe(0x8664, 0xffffffff))).toBeUndefined();
  expect(kernelArchitecture(Buffer.alloc(0))).toBeUndefined();
});
