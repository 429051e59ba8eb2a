import { memoryImporter } from '../../src/imports/memory.ts';
import { importerContract } from '../contract/importer.ts';

let served = 0;

importerContract(async () => {
  const importer = memoryImporter();
  return {
    importer,
    serve(bytes) {
      const url = `https://disks.example.com/${++served}`;
      importer.serve(url, bytes);
      return url;
    },
    unserve: url => importer.unserve(url),
    async remove() {},
  };
});
