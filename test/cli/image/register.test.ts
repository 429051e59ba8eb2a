import { expect, test } from 'vitest';
import { defaultName } from '../../../cli/image/register.ts';

const tiny = { name: 'tiny', build: '/images/tiny/build' };

test.each([
  [{}, 'tiny'],
  [{ architecture: 'x86_64', bootMode: 'legacy-bios' }, 'tiny'],
  [{ architecture: 'arm64' }, 'tiny-arm64'],
  [{ architecture: 'arm64', bootMode: 'uefi' }, 'tiny-arm64'],
  [{ architecture: 'i386' }, 'tiny-i386'],
  [{ bootMode: 'uefi-preferred' }, 'tiny-uefi-preferred'],
] as const)('an image for %j is called %s unless it is given a name', (machine, name) => {
  expect(defaultName(tiny, machine)).toBe(name);
});
