import { describe } from 'vitest';
import type { GuestNic } from '../../src/engines/engine.ts';
import { createMemoryEngine } from '../../src/engines/memory.ts';
import { type EngineUnderTest, engineContract } from '../contract/engine.ts';
import { engineNicsContract } from '../contract/engine-nics.ts';

const nic = async (networkInterfaceId: string): Promise<GuestNic> => ({
  networkInterfaceId,
  macAddress: '02:00:00:00:00:01',
  tap: `tap-${networkInterfaceId}`,
  enter: [],
});

async function memoryEngine(): Promise<EngineUnderTest> {
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
      nics: [await nic('eni-00000000000000001')],
    }),
    powerOff: async instanceId => engine.powerOff(instanceId),
    volume: async volumeId => ({ volumeId, socketPath: '/memory/1', exportName: volumeId }),
    regrow: async () => undefined,
    disks: async instanceId => engine.disks(instanceId),
    nic,
    nics: async instanceId => engine.nics(instanceId),
    hold: async deviceId => engine.hold(deviceId, true),
    letGo: async (_, deviceId) => engine.hold(deviceId, false),
    crash: async instanceId => engine.crash(instanceId),
    restart: async () => engine,
    end: async () => undefined,
  };
}

describe('guests in memory', () => {
  engineContract(memoryEngine);
  engineNicsContract(memoryEngine);
});
