import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openMemory, recordSize, sealMemory } from '../../../../src/engines/qemu/memory/sealed-memory.ts';

const key = randomBytes(32);
const one = 'i-00000000000000001';
const about = { machine: 'pc' };

async function* pieces(...all: Buffer[]) {
  yield* all;
}
async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}
const sealed = (...body: Buffer[]) => collect(sealMemory(key, one, about, pieces(...body)));
/** Read in pieces that fit nothing. */
async function opened(file: Buffer, options = { key, instanceId: one }) {
  const parts = Array.from({ length: Math.ceil(file.length / 70_001) }, (_, index) =>
    file.subarray(index * 70_001, (index + 1) * 70_001),
  );
  const memory = await openMemory(options.key, options.instanceId, pieces(...parts));
  return { about: memory.about, body: await collect(memory.body) };
}

describe('sealed memory', () => {
  test.each([0, 1, recordSize - 1, recordSize, recordSize + 1, 3 * recordSize + 5])(
    'of %i bytes opens as it was',
    async length => {
      const body = randomBytes(length);
      const half = Math.floor(length / 2);
      const found = await opened(await sealed(body.subarray(0, half), body.subarray(half)));
      expect(found.about).toEqual(about);
      expect(found.body.equals(body)).toBe(true);
    },
  );

  test('has this form, and shows nothing of what it holds', async () => {
    const file = await sealed(Buffer.from('secret'));
    expect(file.subarray(0, 10).toString('latin1')).toBe('AMITYMEM\0\x01');
    const first = file.readUInt32BE(26);
    expect(first).toBe(JSON.stringify(about).length);
    const second = 26 + 4 + first + 16;
    expect(file.readUInt32BE(second)).toBe(6);
    expect(file.length).toBe(second + 4 + 6 + 16);
    expect(file.includes('secret')).toBe(false);
    expect(file.includes('machine')).toBe(false);
    expect(await sealed(Buffer.from('secret'))).not.toEqual(file);
  });

  test('opens under no other key and for no other instance', async () => {
    const file = await sealed(Buffer.from('secret'));
    const unusable = { name: 'MemoryUnusable' };
    await expect(opened(file, { key: randomBytes(32), instanceId: one })).rejects.toMatchObject(unusable);
    await expect(opened(file, { key, instanceId: 'i-2' })).rejects.toMatchObject(unusable);
  });

  test('that was cut short, changed, reordered or lengthened does not open', async () => {
    const file = await sealed(randomBytes(2 * recordSize + 9));
    const record = 4 + recordSize + 16;
    const start = file.length - (4 + 9 + 16) - 2 * record;
    const swapped = Buffer.concat([
      file.subarray(0, start),
      file.subarray(start + record, start + 2 * record),
      file.subarray(start, start + record),
      file.subarray(start + 2 * record),
    ]);
    const changed = Buffer.from(file);
    changed[start + 77]! ^= 1;
    const salted = Buffer.from(file);
    salted[12]! ^= 1;
    const wrongVersion = Buffer.from(file);
    wrongVersion[9] = 2;
    const damaged = [
      Buffer.alloc(0),
      file.subarray(0, 20),
      file.subarray(0, start),
      file.subarray(0, start + record),
      file.subarray(0, -1),
      Buffer.concat([file, Buffer.alloc(1)]),
      Buffer.concat([file, file.subarray(-29)]),
      ...[swapped, changed, salted, wrongVersion],
    ];
    for (const bytes of damaged)
      await expect(opened(bytes)).rejects.toMatchObject({ name: 'MemoryUnusable' });
  });
});
