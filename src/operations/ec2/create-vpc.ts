import { invalidParameterValue, unsupportedOperation } from '../../domain/errors.ts';
import type { Vpc } from '../../domain/network.ts';
import { settleVpcCidr } from '../../domain/network-cidr.ts';
import { tooManyVpcs } from '../../domain/network-errors.ts';
import { mostVpcs } from '../../domain/network-limits.ts';
import { settleTags } from '../../domain/tags.ts';
import { ensureDefaultNetwork } from '../default-network.ts';
import { writeVpc } from '../new-vpc.ts';
import { writeTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { presentVpc } from './present/vpc.ts';
import { refuseUnserved } from './refuse-unserved.ts';
import { required } from './request.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html */
export const createVpc = operation('CreateVpc', async (input, context) => {
  const { accountId: ownerId } = context.caller;
  refuseUnserved(
    input,
    [
      'AmazonProvidedIpv6CidrBlock',
      'Ipv6CidrBlock',
      'Ipv6CidrBlockNetworkBorderGroup',
      'Ipv6IpamPoolId',
      'Ipv6NetmaskLength',
      'Ipv6Pool',
    ],
    'Networks here have IPv4 addresses only.',
  );
  refuseUnserved(input, ['Ipv4IpamPoolId', 'Ipv4NetmaskLength'], 'Name the CidrBlock.');
  refuseUnserved(input, ['VpcEncryptionControl'], 'Traffic between guests is not encrypted here.');
  checkTenancy(input.InstanceTenancy);
  const cidrBlock = settleVpcCidr(required(input.CidrBlock, 'CidrBlock'));
  const tags = settleTags(input.TagSpecifications, ['vpc']).vpc;
  // The default VPC counts, also before anyone has asked for it.
  await ensureDefaultNetwork(context.records, ownerId, context.region.zones, context.newId);
  return context.records.transaction(async records => {
    if ((await records.vpcs.list({ ownerId })).length >= mostVpcs) throw tooManyVpcs();
    const vpc: Vpc = { vpcId: context.newId('vpc'), ownerId, cidrBlock, isDefault: false };
    await writeVpc(records, vpc, context.newId);
    await writeTags(records, ownerId, { id: vpc.vpcId, type: 'vpc' }, tags);
    return { Vpc: presentVpc(vpc, tags ?? {}) };
  });
});

function checkTenancy(tenancy: string | undefined): void {
  if (!tenancy || tenancy === 'default') return;
  if (tenancy === 'dedicated')
    throw unsupportedOperation('The instance tenancy dedicated is not supported. Use default.');
  throw invalidParameterValue(`Value (${tenancy}) for parameter instanceTenancy is invalid.`);
}
