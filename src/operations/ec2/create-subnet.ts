import { cidrBlock, usableAddresses } from '../../domain/addresses.ts';
import { fail } from '../../domain/errors.ts';
import type { Subnet } from '../../domain/network.ts';
import { settleSubnetCidr } from '../../domain/network-cidr.ts';
import { invalidSubnetZone, tooManySubnets } from '../../domain/network-errors.ts';
import { mostSubnets } from '../../domain/network-limits.ts';
import { zoneId } from '../../domain/network-zones.ts';
import { settleTags } from '../../domain/tags.ts';
import { writeTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { presentSubnet } from './present/subnet.ts';
import { refuseUnserved } from './refuse-unserved.ts';
import { required } from './request.ts';
import { ownVpc } from './vpc-lookup.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html */
export const createSubnet = operation('CreateSubnet', async (input, context) => {
  const { accountId: ownerId } = context.caller;
  const { name: region, zones } = context.region;
  refuseUnserved(
    input,
    ['Ipv6CidrBlock', 'Ipv6Native', 'Ipv6IpamPoolId', 'Ipv6NetmaskLength'],
    'Networks here have IPv4 addresses only.',
  );
  refuseUnserved(input, ['Ipv4IpamPoolId', 'Ipv4NetmaskLength'], 'Name the CidrBlock.');
  refuseUnserved(input, ['OutpostArn'], 'There are no Outposts here.');
  const cidr = required(input.CidrBlock, 'CidrBlock');
  const availabilityZone = settleZone(input.AvailabilityZone, input.AvailabilityZoneId, zones);
  const tags = settleTags(input.TagSpecifications, ['subnet']).subnet;
  return context.records.transaction(async records => {
    const vpc = await ownVpc(records, ownerId, input.VpcId);
    const neighbours = await records.subnets.list({ vpcId: vpc.vpcId });
    const settled = settleSubnetCidr(cidr, vpc, neighbours);
    if (neighbours.length >= mostSubnets) throw tooManySubnets();
    const subnet: Subnet = {
      subnetId: context.newId('subnet'),
      vpcId: vpc.vpcId,
      ownerId,
      cidrBlock: settled,
      availabilityZone,
      defaultForAz: false,
    };
    await records.subnets.put(subnet);
    await writeTags(records, ownerId, { id: subnet.subnetId, type: 'subnet' }, tags);
    const availableAddresses = usableAddresses(cidrBlock(settled));
    return { Subnet: presentSubnet({ subnet, region, availableAddresses }, tags ?? {}) };
  });
});

/** AWS chooses where none is named. @throws InvalidParameterValue */
function settleZone(name: string | undefined, id: string | undefined, zones: readonly string[]): string {
  if (name) return zones.includes(name) ? name : fail(invalidSubnetZone(name, zones));
  if (id) return zones.find(zone => zoneId(zone) === id) ?? fail(invalidSubnetZone(id, zones));
  return zones[0]!;
}
