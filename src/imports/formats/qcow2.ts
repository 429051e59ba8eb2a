import { type FileReader, invalid, readExactly, toSize, wrongFormat } from './file-reader.ts';

const magic = 0x514649fb;
const versions = [2, 3];
/** Incompatible feature bits: dirty and corrupt (0, 1), data in another file (2), zstd (3), extended L2 entries (4). */
const externalData = 1n << 2n;
const known = 0b11111n;
const dirtyOrCorrupt = 0b11n;

/**
 * The size of the disk in a qcow2 file that stands alone.
 * https://github.com/qemu/qemu/blob/master/docs/interop/qcow2.txt
 * @throws ImportRefused
 */
export async function qcow2Size(file: FileReader): Promise<number> {
  const header = await readExactly(file, 0, 104);
  if (header.readUInt32BE(0) !== magic) throw wrongFormat('QCOW2');
  const version = header.readUInt32BE(4);
  if (!versions.includes(version)) throw invalid(`QCOW2 version ${version} is not supported`);
  if (header.readBigUInt64BE(8) !== 0n || header.readUInt32BE(16) !== 0)
    throw invalid('The QCOW2 file has a backing file: flatten it first');
  const clusterBits = header.readUInt32BE(20);
  if (clusterBits < 9 || clusterBits > 21) throw invalid('The QCOW2 cluster size is out of range');
  if (header.readUInt32BE(32) !== 0) throw invalid('The QCOW2 file is encrypted');
  if (version === 3) checkFeatures(header.readBigUInt64BE(72));
  return toSize(header.readBigUInt64BE(24));
}

function checkFeatures(incompatible: bigint): void {
  if (incompatible & externalData) throw invalid('The QCOW2 file keeps its data in another file');
  if (incompatible & dirtyOrCorrupt)
    throw invalid('The QCOW2 file was not closed properly: repair it with qemu-img check -r all');
  if (incompatible & ~known) throw invalid('The QCOW2 file has unknown features');
}
