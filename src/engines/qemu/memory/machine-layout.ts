/** What a machine must be like for memory to be loaded into it: that of the guest which was hibernated. */
import type { GuestSpec } from '../../engine.ts';
import { volumeOfDrive } from '../drive.ts';
import type { Accelerator } from '../machines.ts';
import { interfaceOfNic } from '../nic.ts';
import { MemoryUnusable } from './sealed-memory.ts';

/** Where a device is: the id of its bus, and `slot.function` there, in hex; absent: the first. */
export interface DevicePlace {
  bus: string;
  addr?: string;
}

export interface MachineLayout {
  accelerator: Accelerator;
  vcpus: number;
  memoryMiB: number;
  /** Root ports it was made with: those of volumes it has lost since are empty. */
  ports: number;
  /** Of every device behind a port, by its id; volumes plugged in while it ran are among them. */
  places: Readonly<Record<string, DevicePlace>>;
  /** Sizes in bytes of volumes that were taken from it by force: it still has their devices. */
  gone: Readonly<Record<string, number>>;
}

/** What a memory file says it is of. */
export interface MachineRecord extends MachineLayout {
  /** Major and minor version of the QEMU it ran in. */
  qemu: string;
}

/** What `query-pci` answers, as far as it is looked at. https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html */
export interface PciBus {
  devices: readonly PciDevice[];
}
interface PciDevice {
  qdev_id: string;
  slot: number;
  function: number;
  pci_bridge?: { devices?: readonly PciDevice[] };
}

/** Ports and places of a machine's devices. */
export function placesOf(buses: readonly PciBus[]): Pick<MachineLayout, 'ports' | 'places'> {
  const places: Record<string, DevicePlace> = {};
  let ports = 0;
  const visit = (bus: string, devices: readonly PciDevice[]) => {
    for (const device of devices) {
      const { qdev_id: id, pci_bridge: bridge } = device;
      if (/^rp\d+$/.test(id)) ports++;
      else if (id) places[id] = { bus, addr: `${device.slot.toString(16)}.${device.function}` };
      if (bridge) visit(id, bridge.devices ?? []);
    }
  };
  for (const { devices } of buses)
    for (const { qdev_id: id, pci_bridge: bridge } of devices) {
      if (!bridge) continue;
      if (/^rp\d+$/.test(id)) ports++;
      visit(id, bridge.devices ?? []);
    }
  return { ports, places };
}

/** @throws MemoryUnusable unless the guest, as it is to run now, has what the machine had */
export function checkLayout(about: unknown, guest: GuestSpec): MachineRecord {
  if (!isRecord(about)) throw new MemoryUnusable('the memory file does not say of which machine it is');
  const { vcpus, memoryMiB, places, gone } = about;
  if (vcpus !== guest.vcpus || memoryMiB !== guest.memoryMiB)
    throw new MemoryUnusable(
      `it is of a machine with ${vcpus} vCPUs and ${memoryMiB} MiB, not ${guest.vcpus} and ${guest.memoryMiB}`,
    );
  const had = Object.keys(places).flatMap(id => volumeOfDrive(id) ?? []);
  const hadNow = had.filter(volumeId => !Object.hasOwn(gone, volumeId)).sort();
  const has = guest.disks.map(disk => disk.volumeId).sort();
  if (hadNow.join() !== has.join())
    throw new MemoryUnusable(`it is of a machine with the volumes ${hadNow.join()}, not ${has.join()}`);
  const nics = Object.keys(places).flatMap(id => interfaceOfNic(id) ?? []);
  const nicsNow = guest.nics.map(nic => nic.networkInterfaceId);
  if (nics.sort().join() !== nicsNow.sort().join())
    throw new MemoryUnusable(
      `it is of a machine with the network interfaces ${nics.join()}, not ${nicsNow.join()}`,
    );
  return about;
}

/** @throws MemoryUnusable for another QEMU than the one the machine ran in */
export function checkVersion(record: MachineRecord, qemu: string): void {
  if (record.qemu !== qemu)
    throw new MemoryUnusable(`it is of a machine of QEMU ${record.qemu}, and this is QEMU ${qemu}`);
}

function isRecord(about: unknown): about is MachineRecord {
  const record = about as Partial<MachineRecord> | null;
  return (
    typeof record?.qemu === 'string' &&
    (record.accelerator === 'kvm' || record.accelerator === 'tcg') &&
    typeof record.ports === 'number' &&
    typeof record.places === 'object' &&
    typeof record.gone === 'object'
  );
}
