import { type FileReader, invalid, readExactly, wrongFormat } from './file-reader.ts';

const block = 512;
/** An OVA holds a description, a manifest, a certificate and disks: far fewer than this. */
const mostMembers = 1000;
const isPlainFile = (type: string) => type === '0' || type === '\0';

/**
 * Where the single VMDK of an OVA, which is a tar file, stands in it.
 * https://www.dmtf.org/standards/ovf (DSP0243, section 12); https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
 * @throws ImportRefused for none, or for several
 */
export async function diskInOva(file: FileReader): Promise<{ offset: number; size: number }> {
  const disks: { offset: number; size: number }[] = [];
  let at = 0;
  for (let members = 0; at + block <= file.size; members++) {
    const header = await readExactly(file, at, block);
    if (header.every(byte => byte === 0)) break;
    if (!hasChecksum(header)) throw at === 0 ? wrongFormat('OVA') : invalid('The OVA is damaged');
    if (members >= mostMembers) throw invalid('The OVA holds too many files');
    const size = octal(header.subarray(124, 136));
    const offset = at + block;
    if (size === undefined || offset + size > file.size) throw invalid('The OVA is cut short');
    if (
      isPlainFile(text(header.subarray(156, 157)) || '\0') &&
      /\.vmdk$/i.test(text(header.subarray(0, 100)))
    )
      disks.push({ offset, size });
    at = offset + Math.ceil(size / block) * block;
  }
  const [disk, second] = disks;
  if (!disk) throw invalid('The OVA holds no VMDK');
  if (second) throw invalid('The OVA holds more than one disk: import each on its own');
  return disk;
}

/** The sum of the header's bytes, with its own field counted as spaces. */
function hasChecksum(header: Buffer): boolean {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  return octal(header.subarray(148, 156)) === sum;
}

/** Octal digits, or big-endian after a byte 0x80 as GNU writes what is larger than 8 GiB. */
function octal(field: Buffer): number | undefined {
  if (field[0] === 0x80) {
    const value = field.subarray(4).reduce((total, byte) => total * 256 + byte, 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = text(field).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

function text(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end < 0 ? field.length : end);
}
