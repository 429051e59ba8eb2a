import type { DisassociateAddressRequest } from '@aws-sdk/client-ec2';
import { type ElasticAddress, targetOf } from '../../domain/elastic-address.ts';
import { associationNotFound } from '../../domain/elastic-address-errors.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { findAddress, interfaceBehind, ownAddresses } from './elastic-address-lookup.ts';
import { disassociate } from './elastic-address-release.ts';
import { operation } from './operation.ts';
import { optionalId } from './request.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateAddress.html */
export const disassociateAddress = operation('DisassociateAddress', async (input, context) => {
  await context.records.transaction(async records => {
    const address = await asked(records, context, input);
    const one = await interfaceBehind(records, address);
    // Named by its public address, one that is associated with nothing stays so.
    if (one) await disassociate(records, context, one, address);
  });
  context.jobs.wake();
  return {};
});

async function asked(
  records: RegionReader,
  context: Context,
  { AssociationId, PublicIp }: DisassociateAddressRequest,
): Promise<ElasticAddress> {
  const id = optionalId('eipassoc', AssociationId);
  if (id === undefined) return findAddress(records, context, { PublicIp });
  for (const address of await ownAddresses(records, context)) {
    const target = targetOf(await interfaceBehind(records, address), address.allocationId);
    if (target?.publicAddress?.elastic?.associationId === id) return address;
  }
  throw associationNotFound(id);
}
