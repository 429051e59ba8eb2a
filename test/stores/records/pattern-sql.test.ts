import { expect, test } from 'vitest';
import { parsePattern } from '../../../src/domain/wildcard.ts';
import { globOf, likeOf, textAfter } from '../../../src/stores/records/pattern-sql.ts';

test('a pattern is written for GLOB and LIKE with their own wildcards taken as they are', () => {
  const pattern = parsePattern('a*?\\*[%_\\\\');
  expect(globOf(pattern)).toBe('a*?[*][[]%_\\');
  expect(likeOf(pattern)).toBe('a%_*[\\%\\_\\\\');
});

test('the text after all that begin with a prefix is told, where there is one', () => {
  expect(textAfter('web-')).toBe('web.');
  expect(textAfter('a\u{10ffff}')).toBe('b');
  expect(textAfter('\ud7ff')).toBe('\ue000');
  expect(textAfter('\u{10ffff}')).toBeUndefined();
  expect(textAfter('')).toBeUndefined();
});
