import { expect, test } from 'vitest';
import { passwordOf } from '../../src/domain/console-password.ts';

test('is what stands between its marks, the last time it was written, without line breaks', () => {
  const console = [
    '2026/05/10 13:17:12Z: <Username>Administrator</Username>',
    '2026/05/10 13:17:12Z: <Password>',
    'b2xk',
    '</Password>',
    '<Password>\r\nbmV3\r\nZXI=\r\n</Password>\r\nWindows is ready',
  ].join('\r\n');
  expect(passwordOf(console)).toBe('bmV3ZXI=');
});

test('is empty where none was written', () => {
  expect(passwordOf('')).toBe('');
  expect(passwordOf('<Password>not base64!</Password>')).toBe('');
  expect(passwordOf('<Password>bmV3')).toBe('');
});
