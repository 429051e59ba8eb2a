import { describe } from 'vitest';
import { createMemoryEngine } from '../../src/engines/memory.ts';
import { engineContract } from '../contract/engine.ts';

describe('guests in memory', () => {
  engineContract(async () => {
    const engine = createMemoryEngine();
    return {
      engine,
      guest: async instanceId => ({
        instanceId,
        architecture: 'x86_64',
        vcpus: 1,
        memoryMiB: 64,
        instanceType: 't3.nano',
        disks: [],
        nic: { macAddress: '02:00:00:00:00:01', tap: 'tap0', enter: [] },
      }),
      powerOff: async instanceId => engine.powerOff(instanceId),
      crash: async instanceId => engine.crash(instanceId),
      restart: async () => engine,
      end: async () => undefined,
    };
  });
});
