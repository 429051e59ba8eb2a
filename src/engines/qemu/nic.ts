import type { GuestNic } from '../engine.ts';

/** The id of the device a guest has a network interface as. */
export const nicId = (networkInterfaceId: string) => `nic-${networkInterfaceId}`;

/** The network interface a device of that id is, if it is one. */
export const interfaceOfNic = (id: string) => /^nic-(.+)$/.exec(id)?.[1];

/** The id of what ties that device to its tap. */
export const netdevId = (networkInterfaceId: string) => `net-${networkInterfaceId}`;

/** QEMU opens the tap itself, in the namespace where it runs. */
export function tapProperties({ networkInterfaceId, tap }: GuestNic) {
  return {
    type: 'tap',
    id: netdevId(networkInterfaceId),
    ifname: tap,
    script: 'no',
    downscript: 'no',
    vhost: false,
  };
}

/** Without an option ROM: nothing boots from the network. */
export function nicProperties({ networkInterfaceId, macAddress }: GuestNic) {
  return {
    driver: 'virtio-net-pci',
    id: nicId(networkInterfaceId),
    netdev: netdevId(networkInterfaceId),
    mac: macAddress,
    romfile: '',
  };
}
