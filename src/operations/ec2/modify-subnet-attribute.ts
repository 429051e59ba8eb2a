import type { ModifySubnetAttributeRequest } from '@aws-sdk/client-ec2';
import { invalidParameterCombination, missingParameter, unsupportedOperation } from '../../domain/errors.ts';
import { operation } from './operation.ts';
import { refuseUnserved } from './refuse-unserved.ts';
import { ownSubnet } from './vpc-lookup.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySubnetAttribute.html
 * What networks here do not have can be turned off, and not on. It is about launches to come: no guest changes.
 */
export const modifySubnetAttribute = operation('ModifySubnetAttribute', async (input, context) => {
  checkRequest(input);
  const mapPublicIpOnLaunch = input.MapPublicIpOnLaunch?.Value;
  await context.records.transaction(async records => {
    const subnet = await ownSubnet(records, context.caller.accountId, input.SubnetId);
    if (mapPublicIpOnLaunch !== undefined) await records.subnets.put({ ...subnet, mapPublicIpOnLaunch });
  });
  return {};
});

function checkRequest({ SubnetId: _subnetId, ...attributes }: ModifySubnetAttributeRequest): void {
  refuseUnserved(
    attributes,
    ['AssignIpv6AddressOnCreation', 'EnableDns64', 'EnableResourceNameDnsAAAARecordOnLaunch'],
    'Networks here have IPv4 addresses only.',
  );
  refuseUnserved(
    attributes,
    ['MapCustomerOwnedIpOnLaunch', 'CustomerOwnedIpv4Pool', 'EnableLniAtDeviceIndex'],
    'There are no Outposts here.',
  );
  refuseUnserved(
    attributes,
    ['EnableResourceNameDnsARecordOnLaunch'],
    "Guests' names are made of their addresses.",
  );
  const type = attributes.PrivateDnsHostnameTypeOnLaunch;
  if (type && type !== 'ip-name')
    throw unsupportedOperation(`The hostname type ${type} is not supported. Use ip-name.`);
  const given = Object.values(attributes).filter(value => value !== undefined && value !== '');
  if (!given.length) throw missingParameter('Attribute');
  if (given.length > 1)
    throw invalidParameterCombination('Only one attribute can be modified in one request.');
}
