import { cidrBlock, usableAddresses } from '../../domain/addresses.ts';
import { fail, missingParameter } from '../../domain/errors.ts';
import {
  defaultSubnetExists,
  defaultVpcMissing,
  invalidSubnetZone,
  noRoomForDefaultSubnet,
} from '../../domain/network-errors.ts';
import { zoneId } from '../../domain/network-zones.ts';
import { defaultVpcOf, ensureDefaultNetwork, writeDefaultSubnet } from '../default-network.ts';
import { operation } from './operation.ts';
import { presentSubnet } from './present/subnet.ts';
import { refuseUnserved } from './refuse-unserved.ts';

/** For an account that deleted the one it had. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDefaultSubnet.html */
export const createDefaultSubnet = operation('CreateDefaultSubnet', async (input, context) => {
  const { accountId } = context.caller;
  const { name: region, zones } = context.region;
  refuseUnserved(input, ['Ipv6Native'], 'Networks here have IPv4 addresses only.');
  const named = input.AvailabilityZone || input.AvailabilityZoneId;
  if (!named) throw missingParameter('AvailabilityZone');
  const zone = zones.find(one => one === named || zoneId(one) === named);
  if (zone === undefined) throw invalidSubnetZone(named, zones);
  await ensureDefaultNetwork(context.records, accountId, zones, context.newId);
  return context.records.transaction(async records => {
    const vpc = (await defaultVpcOf(records, accountId)) ?? fail(defaultVpcMissing());
    const before = (await records.subnets.list({ vpcId: vpc.vpcId })).find(
      one => one.defaultForAz && one.availabilityZone === zone,
    );
    if (before) throw defaultSubnetExists(before.subnetId, zone);
    const subnet =
      (await writeDefaultSubnet(records, vpc, zone, context.newId)) ??
      fail(noRoomForDefaultSubnet(vpc.vpcId));
    const availableAddresses = usableAddresses(cidrBlock(subnet.cidrBlock));
    return { Subnet: presentSubnet({ subnet, region, availableAddresses }, {}) };
  });
});
