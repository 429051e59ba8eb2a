/**
 * A boot sector that does work before it reports success, since an emulated KVM (seen in the wild) runs a trivial one
 * as well: it enters protected and then long mode, reloads CR3, counts 10 million down and writes 0x4b to port 0xf4,
 * which `isa-debug-exit` turns into exit code (0x4b << 1) | 1 = 151.
 */
const code = `
fa31c08ed8660f0116c87c0f20c00c010f22c066ea1b7c0000180066b810008ed88ec08ed0bc007c0000fcbf0090000031c0b9000c0000f3abc70500
90000003a00000c70500a0000003b00000c70500b0000083000000b8009000000f22d80f20e083c8200f22e0b9800000c00f320d000100000f300f20
c00d000000800f22c0ea887c00000800bc007c00000f20d80f22d8b98096980048ffc975fbb04b66baf400eef4ebfd90000000000000000000000000
009a2000ffff00000092cf00ffff0000009acf001f00a87c`;

export const probeExitCode = 151;

export function probeImage(): Buffer {
  const sector = Buffer.alloc(512);
  Buffer.from(code.replaceAll('\n', ''), 'hex').copy(sector);
  sector.writeUInt16BE(0x55aa, 510);
  return sector;
}
