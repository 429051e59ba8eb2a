import { createHash } from 'node:crypto';
import type { GuestSpec } from '../engine.ts';
import { diskNode, driveProperties } from './drive.ts';
import { type Accelerator, type Machine, machineOf } from './machines.ts';

/** Where one guest's files are. */
export interface GuestPaths {
  qmpSocket: string;
  consoleSocket: string;
  consoleLog: string;
  /** UEFI firmware, and the guest's own variables; none for the BIOS. */
  firmware?: { code: string; variables: string };
}

/**
 * The bridge whose slots take volumes plugged in while the guest runs. A root port for each would do too (`hot0`, …; what
 * has no ACPI hot plug has nothing else), but costs every boot under TCG a fifth of a second.
 */
export const hotPlugBus = 'hot';
const firstPortSlot = 4;
const portsPerSlot = 8;

/**
 * TCG with one thread for all vCPUs: with a thread each, a second vCPU that the host starved at boot was once seen to lose
 * its timer, and the guest hung (docs/decisions/0005). Booting is hardly parallel anyway.
 */
const accelerators: Record<Accelerator, string> = { kvm: 'kvm', tcg: 'tcg,thread=single,tb-size=256' };

/**
 * QEMU's arguments for a guest, without the program's name. https://www.qemu.org/docs/master/system/invocation.html
 */
export function commandLine(guest: GuestSpec, paths: GuestPaths, accelerator: Accelerator): string[] {
  const machine = machineOf(guest);
  return [
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
    ...ports(guest, machine),
    ...guest.disks.flatMap((disk, index) => diskDevice(disk, `rp${index}`)),
    ...nicDevice(guest, `rp${guest.disks.length}`),
    ...(machine.hotPlug === 'bridge'
      ? ['-device', `pcie-pci-bridge,id=${hotPlugBus},bus=rp${guest.disks.length + 1}`]
      : []),
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
function ports({ disks }: GuestSpec, { hotPlug }: Machine): string[] {
  const own = disks.length + (hotPlug === 'bridge' ? 2 : 1);
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

function diskDevice(disk: GuestSpec['disks'][number], port: string): string[] {
  const { driver, ...properties } = driveProperties(disk.volumeId, disk.volumeId);
  const options = { ...properties, bus: port, ...(disk.boot && { bootindex: 1 }) };
  const device = [driver, ...Object.entries(options).map(([name, value]) => `${name}=${value}`)];
  return ['-blockdev', JSON.stringify(diskNode(disk, disk.volumeId)), '-device', device.join(',')];
}

function nicDevice({ nic }: GuestSpec, port: string): string[] {
  return [
    ...['-netdev', `tap,id=net0,ifname=${escaped(nic.tap)},script=no,downscript=no,vhost=off`],
    '-device',
    `virtio-net-pci,id=nic0,netdev=net0,mac=${nic.macAddress},bus=${port},romfile=`,
  ];
}

/** Doubles commas, which separate options. */
function escaped(value: string): string {
  return value.replaceAll(',', ',,');
}
