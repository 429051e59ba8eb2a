import { linkSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf, type Measured, measure } from './command.ts';

/** A tool that stores disk images one after another, and gives back the first. */
export interface Peer {
  name: string;
  /** Stores an image under a name; what is stored before stays. `base` is a name of before, where the tool wants one. */
  store(image: string, name: string, base?: { image: string; name: string }): Promise<Measured>;
  /** Writes what was stored under a name to a file of its own and says where. */
  restore(name: string): Promise<Measured & { file: string }>;
  /** Bytes of all that is stored. */
  stored(): number;
}

/** Each begins with an empty store in a folder of its own. */
export const peers: Record<string, (folder: string) => Promise<Peer>> = {
  restic,
  'borg (512 KiB)': borg,
  'qemu-img': qemuImg,
  casync,
  zstd,
};

/** restic and borg store a file under its path: every image is linked to the same one, so that they see one disk that changes. */
function linked(folder: string, image: string): string {
  const file = join(folder, 'disk.raw');
  rmSync(file, { force: true });
  linkSync(image, file);
  return file;
}

async function restic(folder: string): Promise<Peer> {
  const repository = join(folder, 'repository');
  const env = { RESTIC_PASSWORD: 'bench', RESTIC_CACHE_DIR: join(folder, 'cache'), GOMAXPROCS: '2' };
  const run = (...words: string[]) => measure(['restic', '-q', '-r', repository, ...words], { env });
  await run('init');
  return {
    name: 'restic',
    store: (image, name) => run('backup', '--tag', name, linked(folder, image)),
    async restore(name) {
      const target = join(folder, 'restored');
      const measured = await run('restore', 'latest', '--tag', name, '--target', target);
      return { ...measured, file: join(target, folder, 'disk.raw') };
    },
    stored: () => bytesOf(repository),
  };
}

async function borg(folder: string): Promise<Peer> {
  const repository = join(folder, 'repository');
  const env = { BORG_PASSPHRASE: 'bench', BORG_BASE_DIR: folder, BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes' };
  const run = (words: string[], cwd = folder) => measure(['borg', ...words], { env, cwd });
  await run(['init', '-e', 'repokey-blake2', repository]);
  const options = ['-C', 'zstd,1', '--chunker-params', 'fixed,524288', '--sparse'];
  return {
    name: 'borg (512 KiB)',
    store(image, name) {
      linked(folder, image);
      return run(['create', ...options, `${repository}::${name}`, 'disk.raw']);
    },
    async restore(name) {
      const cwd = join(folder, 'restored');
      mkdirSync(cwd);
      const measured = await run(['extract', '--sparse', `${repository}::${name}`], cwd);
      return { ...measured, file: join(cwd, 'disk.raw') };
    },
    stored: () => bytesOf(repository),
  };
}

async function qemuImg(folder: string): Promise<Peer> {
  const files: string[] = [];
  const compressed = ['-c', '-W', '-m', '8', '-O', 'qcow2', '-o'];
  return {
    name: 'qemu-img',
    async store(image, name, base) {
      const file = join(folder, `${name}.qcow2`);
      files.push(file);
      if (!base)
        return measure([
          'qemu-img',
          'convert',
          '-f',
          'raw',
          ...compressed,
          'compression_type=zstd',
          image,
          file,
        ]);
      // The difference is found by rebasing an empty overlay of the new image onto the old one.
      const overlay = join(folder, 'difference.qcow2');
      const below = join(folder, `${base.name}.qcow2`);
      const script = [
        `qemu-img create -q -f qcow2 -F raw -b ${image} ${overlay}`,
        `qemu-img rebase -f qcow2 -F raw -b ${base.image} ${overlay}`,
        `qemu-img convert -f qcow2 ${compressed.join(' ')} compression_type=zstd -B ${below} -F qcow2 ${overlay} ${file}`,
      ];
      const measured = await measure(['sh', '-c', script.join(' && ')]);
      rmSync(overlay);
      return measured;
    },
    async restore(name) {
      const file = join(folder, 'restored.raw');
      const words = ['-f', 'qcow2', '-O', 'raw', '-W', '-m', '8', join(folder, `${name}.qcow2`), file];
      return { ...(await measure(['qemu-img', 'convert', ...words])), file };
    },
    stored: () => files.reduce((sum, file) => sum + bytesOf(file), 0),
  };
}

async function casync(folder: string): Promise<Peer> {
  const store = `--store=${join(folder, 'store.castr')}`;
  const indexOf = (name: string) => join(folder, `${name}.caibx`);
  return {
    name: 'casync',
    store: (image, name) => measure(['casync', 'make', store, indexOf(name), image]),
    async restore(name) {
      const file = join(folder, 'restored.raw');
      return { ...(await measure(['casync', 'extract', store, indexOf(name), file])), file };
    },
    stored: () => bytesOf(join(folder, 'store.castr')),
  };
}

async function zstd(folder: string): Promise<Peer> {
  const files: string[] = [];
  const fileOf = (name: string) => join(folder, `${name}.zst`);
  return {
    name: 'zstd',
    store(image, name) {
      files.push(fileOf(name));
      return measure(['zstd', '-q', '-1', '-T2', '-f', image, '-o', fileOf(name)]);
    },
    async restore(name) {
      const file = join(folder, 'restored.raw');
      return { ...(await measure(['zstd', '-q', '-d', '--sparse', '-f', fileOf(name), '-o', file])), file };
    },
    stored: () => files.reduce((sum, file) => sum + bytesOf(file), 0),
  };
}
