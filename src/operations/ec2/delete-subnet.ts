import { inUse } from '../../domain/network-errors.ts';
import { forgetTags } from '../tagging.ts';
import { isSubnetInUse } from './network-users.ts';
import { operation } from './operation.ts';
import { ownSubnet } from './vpc-lookup.ts';

/** Its association with a route table goes with it. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html */
export const deleteSubnet = operation('DeleteSubnet', (input, context) =>
  context.records.transaction(async records => {
    const subnet = await ownSubnet(records, context.caller.accountId, input.SubnetId);
    const { subnetId, vpcId } = subnet;
    if (await isSubnetInUse(records, subnet)) throw inUse('subnet', subnetId);
    for (const table of await records.routeTables.list({ vpcId })) {
      const associations = table.associations.filter(one => one.subnetId !== subnetId);
      if (associations.length < table.associations.length)
        await records.routeTables.put({ ...table, associations });
    }
    await records.subnets.delete(subnetId);
    await forgetTags(records, subnetId);
    return {};
  }),
);
