import type { ModifyNetworkInterfaceAttributeRequest } from '@aws-sdk/client-ec2';
import { invalidParameterCombination } from '../../domain/errors.ts';
import {
  checkInterfaceDescription,
  type NetworkInterface,
  withoutLease,
} from '../../domain/network-interface.ts';
import { attachmentNotFound } from '../../domain/network-interface-errors.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { refreshGuests } from './guest-refresh.ts';
import { findGroups } from './launch-network.ts';
import { refuseGiven } from './launch-parameters.ts';
import { findInterface } from './network-interface-lookup.ts';
import { operation } from './operation.ts';
import { leaseIfDue } from './public-address.ts';
import { idList, required } from './request.ts';

type Request = ModifyNetworkInterfaceAttributeRequest;
type Change = (one: NetworkInterface) => NetworkInterface | Promise<NetworkInterface>;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html */
export const modifyNetworkInterfaceAttribute = operation(
  'ModifyNetworkInterfaceAttribute',
  async (input, context) => {
    refuseGiven([
      ['EnaSrdSpecification', input.EnaSrdSpecification],
      ['EnablePrimaryIpv6', input.EnablePrimaryIpv6],
      ['ConnectionTrackingSpecification', input.ConnectionTrackingSpecification],
      ['AssociatedSubnetId', input.AssociatedSubnetIds],
      ['Attachment.EnaQueueCount', input.Attachment?.EnaQueueCount],
    ]);
    await context.records.transaction(async records => {
      const change = onlyChange(records, context, input);
      const one = await findInterface(records, context, input.NetworkInterfaceId);
      await records.networkInterfaces.put(await change(one));
      await refreshGuests(records, context, one);
    });
    context.jobs.wake();
    return {};
  },
);

/** @throws InvalidParameterCombination for none or several */
function onlyChange(records: RegionWriter, context: Context, input: Request): Change {
  const changes: Change[] = [];
  const { Description, SourceDestCheck, Groups, Attachment, AssociatePublicIpAddress } = input;
  const groupIds = idList(
    'sg',
    Groups?.filter(id => id !== ''),
  );
  const description = Description?.Value;
  const sourceDestCheck = SourceDestCheck?.Value;
  if (description !== undefined)
    changes.push(one => ({ ...one, description: checkInterfaceDescription(description) ?? '' }));
  if (sourceDestCheck !== undefined) changes.push(one => ({ ...one, sourceDestCheck }));
  if (groupIds.length > 0) changes.push(one => inGroups(records, one, groupIds));
  if (Attachment) changes.push(one => keptOrNot(one, Attachment));
  if (AssociatePublicIpAddress !== undefined)
    changes.push(one => leased(records, context, one, AssociatePublicIpAddress));
  const [change, ...others] = changes;
  if (!change) throw invalidParameterCombination('No attributes specified.');
  if (others.length > 0)
    throw invalidParameterCombination('Fields for multiple attribute types specified: only one at a time.');
  return change;
}

async function inGroups(
  records: RegionWriter,
  one: NetworkInterface,
  groupIds: string[],
): Promise<NetworkInterface> {
  const groups = await findGroups(records, one, { groupIds, groupNames: [] });
  return { ...one, securityGroupIds: groups.map(group => group.groupId) };
}

function keptOrNot(
  one: NetworkInterface,
  { AttachmentId, DeleteOnTermination }: NonNullable<Request['Attachment']>,
): NetworkInterface {
  const { attachment } = one;
  const [id] = idList('eni-attach', [required(AttachmentId, 'Attachment.AttachmentId')]);
  if (!attachment || attachment.attachmentId !== id) throw attachmentNotFound(id!);
  const deleteOnTermination = required(DeleteOnTermination, 'Attachment.DeleteOnTermination');
  return { ...one, attachment: { ...attachment, deleteOnTermination } };
}

/** A running instance gets a public address, or loses it, at once. */
function leased(
  records: RegionWriter,
  context: Context,
  one: NetworkInterface,
  associatePublicIpAddress: boolean,
): NetworkInterface | Promise<NetworkInterface> {
  const after = { ...one, associatePublicIpAddress };
  return associatePublicIpAddress ? leaseIfDue(records, context, after) : withoutLease(after);
}
