import { memoryNetwork } from '../../src/networks/memory.ts';
import { networkContract } from '../contract/network.ts';

networkContract('memory', async () => ({ network: memoryNetwork(), end: async () => undefined }));
