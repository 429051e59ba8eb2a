import type { OpenVolume } from '../../disks/disk.ts';

/** The id of the device a guest has a volume as. */
export const driveId = (volumeId: string) => `disk-${volumeId}`;

/**
 * A disk served by a storage daemon. The link never reconnects: a daemon that died has lost writes it had
 * acknowledged, so the guest is stopped at its next access, as by a power failure.
 */
export function diskNode({ socketPath, exportName }: OpenVolume, nodeName: string) {
  return {
    driver: 'nbd',
    'node-name': nodeName,
    server: { type: 'unix', path: socketPath },
    export: exportName,
    'reconnect-delay': 0,
    discard: 'unmap',
  };
}

/** The guest finds it by its serial, which is the volume's id as on EC2: `/dev/disk/by-id/virtio-vol0123456789abcdef0`. */
export function driveProperties(volumeId: string, nodeName: string) {
  return {
    driver: 'virtio-blk-pci',
    id: driveId(volumeId),
    drive: nodeName,
    serial: volumeId.replace('-', ''),
    werror: 'stop',
    rerror: 'stop',
  };
}
