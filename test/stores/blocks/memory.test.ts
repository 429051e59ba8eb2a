import { memoryBlockStore } from '../../../src/stores/blocks/memory.ts';
import { blockStoreContract } from '../../contract/block-store.ts';

blockStoreContract(async () => ({ store: memoryBlockStore(), remove: async () => undefined }));
