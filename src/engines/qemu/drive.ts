import type { OpenVolume } from '../../disks/disk.ts';

/** The id of the device a guest has a volume as. */
export const driveId = (volumeId: string) => `disk-${volumeId}`;

/** The volume a device of that id is, if it is one. */
export const volumeOfDrive = (id: string) => /^disk-(.+)$/.exec(id)?.[1];

/** What a guest's device is linked to once its volume was taken from it. */
export const goneNode = (volumeId: string) => `gone-${volumeId}`;

/** The volume such a node stands for, if it does. */
export const volumeOfGone = (nodeName: string) => /^gone-(.+)$/.exec(nodeName)?.[1];

/**
 * The bridge whose slots take volumes and NICs plugged in while the guest runs. A root port for each would do too (`hot0`, …;
 * what has no ACPI hot plug has nothing else), but costs every boot under TCG a fifth of a second.
 */
export const hotPlugBus = 'hot';

/** Without the legacy interface they need no I/O ports, of which a bridge has few. */
export const hotPlugged = { 'disable-legacy': 'on' };

/** A disk that forgets everything. */
export function emptyNode(volumeId: string, size: number) {
  return { driver: 'null-co', 'node-name': goneNode(volumeId), size, 'read-zeroes': true };
}

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
