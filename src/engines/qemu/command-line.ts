import { createHash } from 'node:crypto';
import type { GuestNic, GuestSpec } from '../engine.ts';
import { diskNode, driveId, driveProperties, emptyNode, hotPlugBus, hotPlugged } from './drive.ts';
import { type Accelerator, type Machine, machineOf } from './machines.ts';
import type { DevicePlace, MachineLayout } from './memory/machine-layout.ts';
import { nicId, nicProperties, tapProperties } from './nic.ts';

/** Where one guest's files are. */
export interface GuestPaths {
  qmpSocket: string;
  consoleSocket: string;
  consoleLog: string;
  /** UEFI firmware, and the guest's own variables; none for the BIOS. */
  firmware?: { code: string; variables: string };
}

const firstPortSlot = 4;
const portsPerSlot = 8;

/**
 * TCG with one thread for all vCPUs: with a thread each, a second vCPU that the host starved at boot was once seen to lose
 * its timer, and the guest hung (docs/decisions/0005). Booting is hardly parallel anyway.
 */
const accelerators: Record<Accelerator, string> = { kvm: 'kvm', tcg: 'tcg,thread=single,tb-size=256' };

/**
 * QEMU's arguments for a guest, without the program's name. https://www.qemu.org/docs/master/system/invocation.html
 * @param layout of the machine whose memory is to be loaded: this one is made like it, and waits for that
 */
export function commandLine(
  guest: GuestSpec,
  paths: GuestPaths,
  accelerator: Accelerator,
  layout?: MachineLayout,
): string[] {
  const machine = machineOf(guest);
  const { disks, nics } = guest;
  const placeOf = (id: string, port: number): DevicePlace => layout?.places[id] ?? { bus: `rp${port}` };
  const devices = [
    ...disks.map((disk, index) => diskDevice(disk, placeOf(driveId(disk.volumeId), index))),
    ...nics.map((nic, index) => nicDevice(nic, placeOf(nicId(nic.networkInterfaceId), disks.length + index))),
  ];
  const bridge = { driver: 'pcie-pci-bridge', id: hotPlugBus, ...placeOf(hotPlugBus, devices.length) };
  return [
    ...(layout ? ['-incoming', 'defer'] : []),
    ...['-name', `guest=${guest.instanceId}`, '-nodefaults', '-display', 'none'],
    ...firmwareNodes(paths),
    ...['-machine', machine.type[accelerator] + (paths.firmware ? ',pflash0=code,pflash1=variables' : '')],
    ...['-accel', accelerators[accelerator]],
    ...['-cpu', machine.cpu[accelerator]],
    ...['-smp', `${guest.vcpus}`, '-m', `${guest.memoryMiB}M`],
    ...['-rtc', 'base=utc', '-boot', 'strict=on'],
    // The CPU waits for `cont`, so that no event comes before somebody listens.
    '-S',
    // A guest that shuts itself down while no server looks waits, so that the next one knows why it ended.
    '-no-shutdown',
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ...smbios(guest),
    ...['-chardev', `socket,id=qmp,path=${escaped(paths.qmpSocket)},server=on,wait=off`],
    ...['-mon', 'chardev=qmp,mode=control'],
    ...serialConsole(paths),
    ...['-object', 'rng-builtin,id=rng0', '-device', 'virtio-rng-pci,rng=rng0'],
    // Behind the random numbers, so that those stay where guests know them.
    ...machine.screen,
    ...ports(devices.length, machine, layout),
    ...devices.filter(device => !device.isHotPlugged).flatMap(({ argv }) => argv),
    ...(machine.hotPlug === 'bridge' ? ['-device', options(bridge, 'driver')] : []),
    ...devices.filter(device => device.isHotPlugged).flatMap(({ argv }) => argv),
    ...Object.entries(layout?.gone ?? {}).flatMap(
      ([volumeId, size]) =>
        driveDevice(volumeId, emptyNode(volumeId, size), layout!.places[driveId(volumeId)]!).argv,
    ),
  ];
}

/** Firmware is read from flash memory; what a guest writes there, its boot entries for one, stays its own. */
function firmwareNodes({ firmware }: GuestPaths): string[] {
  if (!firmware) return [];
  const node = (name: string, filename: string, readOnly: boolean) =>
    JSON.stringify({ driver: 'file', 'node-name': name, filename, 'read-only': readOnly });
  return [
    ...['-blockdev', node('code', firmware.code, true)],
    ...['-blockdev', node('variables', firmware.variables, false)],
  ];
}

/** By these cloud-init and others tell an EC2 guest: uuid begins with `ec2`, and serial is the same, in lower case. */
function smbios(guest: GuestSpec): string[] {
  const uuid = guestUuid(guest.instanceId);
  return [
    ...['-uuid', uuid],
    ...['-smbios', 'type=0,vendor=Amazon EC2,version=1.0'],
    '-smbios',
    `type=1,manufacturer=Amazon EC2,product=${escaped(guest.instanceType)},uuid=${uuid},serial=${uuid}`,
    ...['-smbios', 'type=3,manufacturer=Amazon EC2,asset=Amazon EC2'],
  ];
}

/** The guest's SMBIOS uuid: always the same for an instance, and nobody else's. */
export function guestUuid(instanceId: string): string {
  const digits = `ec2${createHash('sha256').update(instanceId).digest('hex')}`.slice(0, 32);
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Where the guest and its firmware write. */
function serialConsole({ consoleSocket, consoleLog }: GuestPaths): string[] {
  return [
    '-chardev',
    `socket,id=serial0,path=${escaped(consoleSocket)},server=on,wait=off,logfile=${escaped(consoleLog)},logappend=on`,
    ...['-serial', 'chardev:serial0'],
  ];
}

/** Devices sit behind root ports, since only there they can be unplugged; eight ports share a slot. */
function ports(devices: number, { hotPlug }: Machine, layout?: MachineLayout): string[] {
  const own = layout?.ports ?? devices + (hotPlug === 'bridge' ? 1 : 0);
  const spare = hotPlug === 'bridge' ? 0 : hotPlug;
  return Array.from({ length: own + spare }, (_, index) => {
    const id = index < own ? `rp${index}` : `${hotPlugBus}${index - own}`;
    const slot = firstPortSlot + Math.floor(index / portsPerSlot);
    const functionNumber = index % portsPerSlot;
    const address = `${slot.toString(16)}.${functionNumber}`;
    const multifunction = functionNumber === 0 ? ',multifunction=on' : '';
    return [
      '-device',
      `pcie-root-port,id=${id},bus=pcie.0,chassis=${index + 1},addr=${address}${multifunction}`,
    ];
  }).flat();
}

interface Device {
  argv: string[];
  isHotPlugged: boolean;
}

function diskDevice(disk: GuestSpec['disks'][number], place: DevicePlace): Device {
  return driveDevice(disk.volumeId, diskNode(disk, disk.volumeId), place, disk.boot);
}

function driveDevice(
  volumeId: string,
  node: { driver: string; 'node-name': string },
  place: DevicePlace,
  boot = false,
): Device {
  const properties = {
    ...placed(driveProperties(volumeId, node['node-name']), place),
    ...(boot && { bootindex: 1 }),
  };
  const argv = ['-blockdev', JSON.stringify(node), '-device', options(properties, 'driver')];
  return { argv, isHotPlugged: place.bus === hotPlugBus };
}

function nicDevice(nic: GuestNic, place: DevicePlace): Device {
  const device = options(placed(nicProperties(nic), place), 'driver');
  const argv = ['-netdev', options(tapProperties(nic), 'type'), '-device', device];
  return { argv, isHotPlugged: place.bus === hotPlugBus };
}

function placed(properties: Properties, place: DevicePlace): Properties {
  return { ...properties, ...place, ...(place.bus === hotPlugBus && hotPlugged) };
}

type Properties = Readonly<Record<string, string | number | boolean>>;

/** Properties as one argument: the value of `first`, then the others by name. */
function options(properties: Properties, first: string): string {
  const { [first]: implied, ...others } = properties;
  const text = (value: unknown) => (typeof value === 'boolean' ? (value ? 'on' : 'off') : `${value}`);
  return [
    `${implied}`,
    ...Object.entries(others).map(([name, value]) => `${name}=${escaped(text(value))}`),
  ].join(',');
}

/** Doubles commas, which separate options. */
function escaped(value: string): string {
  return value.replaceAll(',', ',,');
}
