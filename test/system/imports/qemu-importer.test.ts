import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createQemuImporter } from '../../../src/imports/qemu-importer.ts';
import { findPrograms } from '../../../src/programs.ts';
import { importerContract } from '../../contract/importer.ts';
import { serveFiles } from '../../support/file-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let served = 0;

importerContract(async () => {
  const folder = await temporaryFolder();
  const server = await serveFiles(folder.path);
  const fileOf = (url: string) => join(folder.path, new URL(url).pathname);
  return {
    importer: createQemuImporter({
      folder: join(folder.path, 'imports'),
      runtimeFolder: folder.path,
      qemuNbd: findPrograms().qemuNbd,
      allow: ['127.0.0.1'],
    }),
    serve(bytes) {
      const url = `${server.origin}/disk-${++served}`;
      writeFileSync(fileOf(url), bytes);
      return url;
    },
    unserve: url => rmSync(fileOf(url)),
    async remove() {
      await server.close();
      await folder.remove();
    },
  };
});
