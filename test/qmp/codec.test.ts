import { describe, expect, test } from 'vitest';
import { encodeCommand, lineSplitter, parseMessage } from '../../src/qmp/codec.ts';

describe('QMP messages', () => {
  test('a command is one line of JSON with its id', () => {
    expect(encodeCommand(7, 'quit')).toBe('{"execute":"quit","id":7}\r\n');
    expect(encodeCommand(8, 'blockdev-del', { 'node-name': 'a' })).toBe(
      '{"execute":"blockdev-del","arguments":{"node-name":"a"},"id":8}\r\n',
    );
  });

  test('answers, errors, events and the greeting are told apart', () => {
    expect(parseMessage('{"QMP":{"version":{}}}')).toEqual({ kind: 'greeting' });
    expect(parseMessage('{"return":{"a":1},"id":3}')).toEqual({ kind: 'return', id: 3, value: { a: 1 } });
    expect(parseMessage('{"id":4,"error":{"class":"GenericError","desc":"no"}}')).toEqual({
      kind: 'error',
      id: 4,
      class: 'GenericError',
      description: 'no',
    });
    expect(parseMessage('{"event":"STOP","timestamp":{}}')).toEqual({
      kind: 'event',
      event: { name: 'STOP', data: {} },
    });
  });

  test.each(['', '[]', 'null', '{}', '{"error":1}', '{"event":5}', 'garbage'])('%j is refused', line => {
    expect(() => parseMessage(line)).toThrow('QMP line');
  });

  test('lines are found wherever the stream is cut, also inside a character', () => {
    const bytes = Buffer.from('{"é":1}\r\n\r\n{"b":2}\n');
    for (let cut = 0; cut <= bytes.length; cut++) {
      const split = lineSplitter();
      expect([...split(bytes.subarray(0, cut)), ...split(bytes.subarray(cut))]).toEqual([
        '{"é":1}',
        '',
        '{"b":2}',
      ]);
    }
  });

  test('a line that never ends is refused at its limit', () => {
    const split = lineSplitter(8);
    expect(split(Buffer.from('12345678'))).toEqual([]);
    expect(() => split(Buffer.from('9'))).toThrow('longer than 8 bytes');
    expect(() => lineSplitter(8)(Buffer.from('123456789\n'))).toThrow('longer than 8 bytes');
  });
});
