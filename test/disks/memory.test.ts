import { describe } from 'vitest';
import { createMemoryDisks } from '../../src/disks/memory.ts';
import { baseByte, type DisksUnderTest, disksContract } from '../contract/disks.ts';
import { disksInUseContract } from '../contract/disks-in-use.ts';

async function memoryDisks(): Promise<DisksUnderTest> {
  const disks = createMemoryDisks(async (_, __, length) => Buffer.alloc(length, baseByte));
  return {
    disks,
    write: (_, volumeId, offset, data) => disks.write(volumeId, offset, data),
    zero: (_, volumeId, offset, length) => disks.write(volumeId, offset, Buffer.alloc(length)),
    restart: async () => disks,
    lose: async holderId => disks.lose(holderId),
    end: async () => undefined,
  };
}

describe('disks in memory', () => {
  disksContract(memoryDisks);
  disksInUseContract(memoryDisks);
});
