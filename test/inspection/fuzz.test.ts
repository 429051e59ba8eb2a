import { describe, expect, test } from 'vitest';
import { bufferSource } from '../../src/inspection/byte-source.ts';
import { inspectDisk } from '../../src/inspection/inspect-disk.ts';
import { fixture, gptDisk, gptType, mbrDisk } from '../support/disks.ts';

/** The same numbers for every run, so that what fails can be repeated. */
function generator(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const disks = {
  mbr: mbrDisk([{ type: 0x83, contents: fixture('ext4') }]),
  gpt: gptDisk([{ type: gptType.efiSystem, contents: fixture('fat16') }]),
  ext2: fixture('ext2'),
  ext4: fixture('ext4'),
  fat12: fixture('fat12'),
  ntfs: fixture('ntfs'),
};

describe('damaged and hostile disks', () => {
  test.each(Object.entries(disks))(
    '%s: whatever is changed, it is read within its bounds',
    async (_, original) => {
      const next = generator(original.length);
      // Only where something is written is there a structure to damage.
      const written = [...original.keys()].filter(at => original[at] !== 0);
      let found = 0;
      for (let round = 0; round < 60; round++) {
        const disk = Buffer.from(original);
        const places = 1 + next(round % 3 === 0 ? 400 : 6);
        for (let place = 0; place < places; place++) {
          const at = written[next(written.length)]! + next(3);
          if (at < disk.length) disk[at] = [0, 0xff, 0x7f, 0x80, next(256)][next(5)]!;
        }
        const facts = await inspectDisk(bufferSource(disk));
        if (facts.operatingSystem) found++;
        expect(JSON.stringify(facts).length).toBeLessThan(2000);
      }
      expect(found).toBeGreaterThan(0);
    },
  );

  test.each(Object.entries(disks))(
    '%s: cut off anywhere, it is read as far as it goes',
    async (_, original) => {
      const next = generator(original.length);
      for (let round = 0; round < 30; round++)
        await inspectDisk(bufferSource(original.subarray(0, next(original.length))));
    },
  );

  test('noise behind every mark is read within its bounds', async () => {
    const next = generator(1);
    const marks = [
      [3, 'NTFS    '],
      [54, 'FAT16   '],
      [1080, '\x53\xef'],
      [512, 'EFI PART'],
      [510, '\x55\xaa'],
    ] as const;
    for (let round = 0; round < 200; round++) {
      const disk = Buffer.from(Uint8Array.from({ length: 8192 }, () => next(256)));
      for (const [offset, mark] of marks) if (next(2) === 1) disk.write(mark, offset, 'latin1');
      await inspectDisk(bufferSource(disk));
    }
  });
});
