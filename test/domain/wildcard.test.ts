import { describe, expect, test } from 'vitest';
import {
  literalOf,
  matchesPattern,
  parsePattern,
  prefixOf,
  shortestMatch,
} from '../../src/domain/wildcard.ts';

describe('a wildcard pattern', () => {
  test.each([
    ['a*', ['a', 'ab', 'a*'], ['b', 'ba', 'A']],
    ['a?c', ['abc', 'a?c', 'a🦭c'], ['ac', 'abbc']],
    ['\\*x\\?', ['*x?'], ['ax?', '*xx']],
    ['*a*b*', ['ab', 'xaxbx', 'aab'], ['ba', 'a']],
    ['', [''], ['a']],
    ['**', ['', 'a'], []],
    ['a\\', ['a\\'], ['a']],
  ])('%s matches what it should and nothing else', (value, matching, others) => {
    const matches = matchesPattern(parsePattern(value));
    expect(matching.filter(text => !matches(text))).toEqual([]);
    expect(others.filter(matches)).toEqual([]);
  });

  test('knows the text it stands for, the beginning and the length of its matches', () => {
    expect(literalOf(parsePattern('a\\*b'))).toBe('a*b');
    expect(literalOf(parsePattern('a*b'))).toBeUndefined();
    expect(prefixOf(parsePattern('web-?*'))).toBe('web-');
    expect(prefixOf(parsePattern('\\*web'))).toBe('*web');
    expect(shortestMatch(parsePattern('a**?b'))).toBe(3);
  });

  test('of a thousand wildcards is answered at once', () => {
    const matches = matchesPattern(parsePattern(`${'*a'.repeat(1000)}b`));
    expect(matches('a'.repeat(5000))).toBe(false);
  });
});
