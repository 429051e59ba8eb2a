import type * as sdk from '@aws-sdk/client-ec2';
import type { InternetGateway } from '../../../domain/network.ts';
import type { Tags } from '../../../domain/tags.ts';
import { presentTags } from './tags.ts';

export function presentInternetGateway(gateway: InternetGateway, tags: Tags): sdk.InternetGateway {
  return {
    InternetGatewayId: gateway.internetGatewayId,
    OwnerId: gateway.ownerId,
    // AWS says "available" of an attached one, which its SDKs do not know as a state.
    Attachments: gateway.vpcId ? [{ VpcId: gateway.vpcId, State: 'available' as sdk.AttachmentStatus }] : [],
    Tags: presentTags(tags),
  };
}
