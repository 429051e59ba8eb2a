import { defaultCpuOptions } from '../domain/cpu-options.ts';
import type { Instance } from '../domain/instance.ts';
import { firmwareOn } from '../domain/instance-fit.ts';
import { instanceType } from '../domain/instance-types.ts';
import { isInterfaceToBePlugged } from '../domain/network-interface.ts';
import type { GuestNic, GuestSpec, GuestStart } from '../engines/engine.ts';
import { applyVpc } from './apply-vpc.ts';
import { interfacesOf } from './instance-interfaces.ts';
import { isToBePlugged, volumeSpec, volumesOf } from './instance-volumes.ts';
import { PermanentFailure } from './job.ts';
import { prepareVolume } from './prepare-volume.ts';
import type { JobServices } from './services.ts';

/**
 * Makes an instance's volumes (no bytes are copied), plugs it into its VPC and runs it. Every step finds what an
 * interrupted run has already done.
 * @param memoryKey of a hibernated one, which goes on where it was
 */
export async function runGuest(
  services: JobServices,
  instance: Instance,
  memoryKey?: Uint8Array,
): Promise<GuestStart> {
  const { disks, engine, network, records, locks } = services;
  const machine = hardware(instance);
  const lacking = await engine.lacking(machine);
  if (lacking) throw new PermanentFailure('Server.InternalError', `Server.InternalError: ${lacking}`);
  return locks.run(`holder ${instance.instanceId}`, async () => {
    // Volumes may come and go until here.
    const volumes = (await volumesOf(records.read, instance.instanceId)).filter(isToBePlugged);
    for (const volume of volumes) await prepareVolume(services, volume);
    const [opened] = await Promise.all([
      disks.open(instance.instanceId, volumes.map(volumeSpec)),
      applyVpc(services, instance.vpcId),
    ]);
    const interfaces = (await interfacesOf(records.read, instance.instanceId)).filter(isInterfaceToBePlugged);
    const nics: GuestNic[] = [];
    for (const one of interfaces) nics.push(await network.nic(instance.vpcId, one.networkInterfaceId));
    const guestDisks = opened.map(disk => {
      const device = volumes.find(volume => volume.volumeId === disk.volumeId)!.attachment!.device;
      return { ...disk, device, boot: device === instance.rootDeviceName };
    });
    // The root is the guest's first disk, whatever names the others were attached under.
    guestDisks.sort((a, b) => Number(b.boot) - Number(a.boot));
    return engine.start({ ...machine, disks: guestDisks, nics, ...(memoryKey && { memoryKey }) });
  });
}

function hardware(instance: Instance): Omit<GuestSpec, 'disks' | 'nics'> {
  const type = instanceType(instance.instanceType);
  if (!type)
    throw new PermanentFailure('Server.InternalError', `Unknown instance type ${instance.instanceType}`);
  const cores = instance.cpuOptions ?? defaultCpuOptions(type);
  return {
    instanceId: instance.instanceId,
    architecture: instance.architecture,
    firmware: firmwareOn(instance.bootMode, type),
    instanceType: instance.instanceType,
    vcpus: cores.coreCount * cores.threadsPerCore,
    memoryMiB: type.memoryMiB,
  };
}
