import { describe, expect, test } from 'vitest';
import type { Image } from '../../src/domain/image.ts';
import { checkFit, currentBootMode, firmwareOn } from '../../src/domain/instance-fit.ts';
import { instanceType, instanceTypes } from '../../src/domain/instance-types.ts';

const image = (changes: Partial<Image>) => ({
  ...({
    imageId: 'ami-1',
    architecture: 'x86_64',
    virtualizationType: 'hvm',
    rootDeviceType: 'ebs',
  } as const),
  ...{ enaSupport: true, bootMode: undefined, ...changes },
});

describe('an instance boots', () => {
  test.each([
    ['uefi', 't3.micro', 'uefi'],
    ['legacy-bios', 't3.micro', 'legacy-bios'],
    ['uefi-preferred', 't3.micro', 'uefi'],
    ['uefi-preferred', 't2.micro', 'legacy-bios'],
    [undefined, 't3.micro', 'legacy-bios'],
    [undefined, 't2.micro', 'legacy-bios'],
    [undefined, 't4g.micro', 'uefi'],
    ['uefi', 't4g.micro', 'uefi'],
  ] as const)('an image of boot mode %s on %s by %s', (bootMode, name, firmware) => {
    expect(firmwareOn(bootMode, instanceType(name)!)).toBe(firmware);
    expect(currentBootMode({ bootMode, instanceType: name })).toBe(firmware);
  });

  test('by nothing that is known where its type is not', () => {
    expect(currentBootMode({ bootMode: 'uefi', instanceType: 'm1.small' })).toBeUndefined();
  });
});

test('an image that boots by UEFI alone is refused where there is none', () => {
  expect(() => checkFit(image({ bootMode: 'uefi' }), instanceType('t2.micro')!)).toThrow(
    'The t2.micro instance type does not support an AMI with a boot mode of UEFI.',
  );
  for (const bootMode of ['uefi-preferred', 'legacy-bios', undefined] as const)
    expect(() => checkFit(image({ bootMode }), instanceType('t2.micro')!)).not.toThrow();
});

test('only the small types of t2 take 32-bit images, and none that boots by the BIOS alone is for arm64', () => {
  const i386 = instanceTypes.filter(type => type.architectures.includes('i386')).map(type => type.name);
  expect(i386).toEqual(['t2.nano', 't2.micro', 't2.small', 't2.medium']);
  for (const type of instanceTypes.filter(one => one.architectures.includes('arm64')))
    expect(type.bootModes).toEqual(['uefi']);
});
