import type * as sdk from '@aws-sdk/client-ec2';
import { unknownAttribute } from '../../domain/instance-errors.ts';
import type { InterfaceView } from '../../domain/network-interface-view.ts';
import { findInterface, viewInterfaces } from './network-interface-lookup.ts';
import { operation } from './operation.ts';
import { presentGroups, presentNetworkInterface } from './present/network-interface.ts';
import { required } from './request.ts';

type Answer = Partial<sdk.DescribeNetworkInterfaceAttributeResult>;

const attributes: Readonly<Record<string, (view: InterfaceView) => Answer>> = {
  description: ({ networkInterface }) => ({ Description: { Value: networkInterface.description } }),
  groupSet: ({ securityGroups }) => ({ Groups: presentGroups(securityGroups) }),
  sourceDestCheck: ({ networkInterface }) => ({
    SourceDestCheck: { Value: networkInterface.sourceDestCheck },
  }),
  attachment: view => ({ Attachment: presentNetworkInterface(view).Attachment }),
  associatePublicIpAddress: ({ networkInterface }) => ({
    AssociatePublicIpAddress: networkInterface.associatePublicIpAddress,
  }),
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaceAttribute.html */
export const describeNetworkInterfaceAttribute = operation(
  'DescribeNetworkInterfaceAttribute',
  async (input, context) => {
    const attribute: string = required(input.Attribute, 'Attribute');
    const present = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
    if (!present) throw unknownAttribute(attribute);
    const records = context.records.read;
    const one = await findInterface(records, context, input.NetworkInterfaceId);
    const [view] = await viewInterfaces(records, context, [one]);
    return { NetworkInterfaceId: one.networkInterfaceId, ...present(view!) };
  },
);
