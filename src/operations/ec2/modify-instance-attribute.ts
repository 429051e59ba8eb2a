import { checkId } from '../../domain/ids.ts';
import type { Instance } from '../../domain/instance.ts';
import { type DeviceChange, parseInstanceAttributeChange } from '../../domain/instance-attribute-change.ts';
import { changedInstance } from '../../domain/instance-attributes.ts';
import { attributeValueRefused, groupsNotModifiable } from '../../domain/instance-errors.ts';
import { isLive } from '../../domain/instance-state.ts';
import { instanceType } from '../../domain/instance-types.ts';
import { tooManyAddresses, tooManyInterfaces } from '../../domain/network-interface-errors.ts';
import { interfacesOf } from '../../jobs/instance-interfaces.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { refreshGuests } from './guest-refresh.ts';
import { findInstances } from './instance-lookup.ts';
import { findGroups } from './launch-network.ts';
import { onlyInterface } from './network-interface-lookup.ts';
import { operation } from './operation.ts';
import { idList, required } from './request.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html */
export const modifyInstanceAttribute = operation('ModifyInstanceAttribute', async (input, context) => {
  const ids = idList('i', [required(input.InstanceId, 'InstanceId')]);
  const change = parseInstanceAttributeChange(input);
  await context.records.transaction(async records => {
    const [instance] = await findInstances(records, context, ids);
    switch (change.attribute) {
      case 'groupSet':
        return moveToGroups(records, context, instance!, change.groupIds);
      case 'sourceDestCheck':
        return checkSource(records, context, instance!, change.on);
      case 'blockDeviceMapping':
        return changeDevices(records, instance!, change.devices);
      default: {
        const after = changedInstance(instance!, change);
        if (change.attribute === 'instanceType') await checkInterfaces(records, after);
        return records.instances.put(after);
      }
    }
  });
  context.jobs.wake();
  return {};
});

/** @throws AttachmentLimitExceeded, PrivateIpAddressLimitExceeded where the type takes less than the instance has */
async function checkInterfaces(
  records: RegionWriter,
  { instanceId, instanceType: name }: Instance,
): Promise<void> {
  const interfaces = await interfacesOf(records, instanceId);
  const type = instanceType(name)!;
  if (interfaces.length > type.networkInterfaces) throw tooManyInterfaces(interfaces.length, name);
  if (interfaces.some(one => one.addresses.length > type.addressesPerInterface)) throw tooManyAddresses();
}

async function moveToGroups(
  records: RegionWriter,
  context: Context,
  instance: Instance,
  ids: readonly string[],
): Promise<void> {
  if (!isLive(instance)) throw groupsNotModifiable(instance.instanceId);
  const one = await onlyInterface(records, instance.instanceId);
  const groups = await findGroups(records, one, {
    groupIds: ids.map(id => checkId('sg', id)),
    groupNames: [],
  });
  await records.networkInterfaces.put({ ...one, securityGroupIds: groups.map(group => group.groupId) });
  // Also for guests in other groups: rules may name the groups it has left and joined.
  await refreshGuests(records, context, one);
}

async function checkSource(
  records: RegionWriter,
  context: Context,
  { instanceId }: Instance,
  sourceDestCheck: boolean,
): Promise<void> {
  const one = await onlyInterface(records, instanceId);
  await records.networkInterfaces.put({ ...one, sourceDestCheck });
  await refreshGuests(records, context, one);
}

async function changeDevices(
  records: RegionWriter,
  { instanceId }: Instance,
  changes: readonly DeviceChange[],
): Promise<void> {
  const volumes = await records.volumes.list({ instanceId });
  for (const { deviceName, volumeId, deleteOnTermination } of changes) {
    const volume = volumes.find(one => one.attachment?.device === deviceName);
    if (!volume) throw attributeValueRefused(`No device is currently mapped at ${deviceName}`);
    if (volumeId !== undefined && volumeId !== volume.volumeId)
      throw attributeValueRefused(`The volume '${volumeId}' is not mapped at ${deviceName}`);
    await records.volumes.put({ ...volume, attachment: { ...volume.attachment!, deleteOnTermination } });
  }
}
