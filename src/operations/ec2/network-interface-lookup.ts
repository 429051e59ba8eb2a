import { checkId } from '../../domain/ids.ts';
import { type AttachedInterface, byDevice, type NetworkInterface } from '../../domain/network-interface.ts';
import {
  attachmentNotFound,
  interfaceNotFound,
  multipleInterfaces,
  noInterface,
} from '../../domain/network-interface-errors.ts';
import type { InterfaceView } from '../../domain/network-interface-view.ts';
import { interfacesOf } from '../../jobs/instance-interfaces.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { loadTags } from '../tagging.ts';
import { required } from './request.ts';

type Records = Pick<RegionReader, 'networkInterfaces'>;

/** The caller's interface. @throws MissingParameter, InvalidNetworkInterfaceID.Malformed, InvalidNetworkInterfaceID.NotFound */
export async function findInterface(
  records: Records,
  context: Context,
  networkInterfaceId: string | undefined,
): Promise<NetworkInterface> {
  const id = checkId('eni', required(networkInterfaceId, 'NetworkInterfaceId'));
  const found = await records.networkInterfaces.get(id);
  if (found?.ownerId !== context.caller.accountId) throw interfaceNotFound(id);
  return found;
}

/** The caller's interface with this attachment. @throws InvalidAttachmentID.Malformed, InvalidAttachmentID.NotFound */
export async function findAttached(
  records: Records,
  context: Context,
  attachmentId: string | undefined,
): Promise<AttachedInterface> {
  const id = checkId('eni-attach', required(attachmentId, 'AttachmentId'));
  const [found] = byDevice(await records.networkInterfaces.list({ attachmentId: id }));
  if (found?.ownerId !== context.caller.accountId) throw attachmentNotFound(id);
  return found;
}

/** What is said of an instance is meant for its only interface. @throws InvalidInstanceID, IncorrectInstanceState */
export async function onlyInterface(records: Records, instanceId: string): Promise<AttachedInterface> {
  const [only, ...others] = await interfacesOf(records, instanceId);
  if (!only) throw noInterface(instanceId);
  if (others.length > 0) throw multipleInterfaces(instanceId);
  return only;
}

/** Gathers what is shown beside interfaces of the caller. */
export async function viewInterfaces(
  records: RegionReader,
  context: Context,
  interfaces: readonly NetworkInterface[],
): Promise<InterfaceView[]> {
  const groups = await records.securityGroups.getMany([
    ...new Set(interfaces.flatMap(one => one.securityGroupIds)),
  ]);
  const tags = await loadTags(
    records,
    context.caller.accountId,
    interfaces.map(one => one.networkInterfaceId),
  );
  return interfaces.map(networkInterface => ({
    networkInterface,
    region: context.region.name,
    securityGroups: groups.filter(group => networkInterface.securityGroupIds.includes(group.groupId)),
    tags: tags(networkInterface.networkInterfaceId),
  }));
}
