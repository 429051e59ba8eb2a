import { expect, test } from 'vitest';
import { parseOsRelease, parseReleaseLine } from '../../src/inspection/os-release.ts';

test('names, ids and versions are read with their quotes', () => {
  expect(
    parseOsRelease(`NAME='Fedora Linux'\nVERSION_ID=42\nID=fedora\nPRETTY_NAME="Fedora \\"42\\""\n`),
  ).toEqual({
    family: 'linux',
    id: 'fedora',
    version: '42',
    name: 'Fedora "42"',
  });
});

test('without a pretty name the plain one and the version stand for it', () => {
  expect(parseOsRelease('NAME=Arch\nVERSION_ID=7')?.name).toBe('Arch 7');
  expect(parseOsRelease('ID=Arch')).toEqual({ family: 'linux', id: 'arch', name: 'arch' });
});

test('a file that names nothing is none', () => {
  expect(parseOsRelease('')).toBeUndefined();
  expect(parseOsRelease('PRETTY_NAME=""\nPRETTY=x\n=\n#ID=a')).toBeUndefined();
});

test('what does not print is taken out, and the rest is short', () => {
  const name = parseOsRelease(`PRETTY_NAME="a\u0007\u202e\u0000b${'c'.repeat(500)}\u{1f600}"`)?.name;
  expect(name).toMatch(/^abc+$/);
  expect(name?.length).toBeLessThanOrEqual(100);
  expect(parseReleaseLine(`${'x'.repeat(99)}\u{1f600}`)?.name).toBe('x'.repeat(99));
});

test('old Red Hat says its name in one line', () => {
  expect(parseReleaseLine('Red Hat Enterprise Linux Server release 6.10 (Santiago)\n')).toEqual({
    family: 'linux',
    id: 'rhel',
    name: 'Red Hat Enterprise Linux Server release 6.10 (Santiago)',
  });
  expect(parseReleaseLine('')).toBeUndefined();
});
