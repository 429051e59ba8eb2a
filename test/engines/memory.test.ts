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
        firmware: 'legacy-bios',
        vcpus: 1,
        memoryMiB: 64,
        instanceType: 't3.nano',
        disks: [],
        nic: { macAddress: '02:00:00:00:00:01', tap: 'tap0', enter: [] },
      }),
      powerOff: async instanceId => engine.powerOff(instanceId),
      volume: async volumeId => ({ volumeId, socketPath: '/memory/1', exportName: volumeId }),
      regrow: async () => undefined,
      disks: async instanceId => engine.disks(instanceId),
      hold: async volumeId => engine.hold(volumeId, true),
      letGo: async (_, volumeId) => engine.hold(volumeId, false),
      crash: async instanceId => engine.crash(instanceId),
      restart: async () => engine,
      end: async () => undefined,
    };
  });
});
