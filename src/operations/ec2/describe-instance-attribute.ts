import type * as sdk from '@aws-sdk/client-ec2';
import { unknownAttribute } from '../../domain/instance-errors.ts';
import { type InstanceView, securityGroupsOf } from '../../domain/instance-view.ts';
import { findInstances, viewInstances } from './instance-lookup.ts';
import { operation } from './operation.ts';
import { presentProductCodes } from './present/image.ts';
import { presentDevice } from './present/instance.ts';
import { presentGroups } from './present/network-interface.ts';
import { idList, required } from './request.ts';

/** The answer to each attribute; one that is not set is an empty element. */
const attributes: Readonly<Record<string, (view: InstanceView) => sdk.InstanceAttribute>> = {
  instanceType: ({ instance }) => ({ InstanceType: { Value: instance.instanceType } }),
  kernel: () => ({ KernelId: {} }),
  ramdisk: () => ({ RamdiskId: {} }),
  userData: ({ instance }) => ({ UserData: { Value: instance.userData } }),
  disableApiTermination: ({ instance }) => ({
    DisableApiTermination: { Value: instance.disableApiTermination },
  }),
  disableApiStop: ({ instance }) => ({ DisableApiStop: { Value: instance.disableApiStop } }),
  instanceInitiatedShutdownBehavior: ({ instance }) => ({
    InstanceInitiatedShutdownBehavior: { Value: instance.instanceInitiatedShutdownBehavior },
  }),
  rootDeviceName: ({ instance }) => ({ RootDeviceName: { Value: instance.rootDeviceName } }),
  blockDeviceMapping: ({ volumes }) => ({ BlockDeviceMappings: volumes.map(presentDevice) }),
  productCodes: ({ instance }) => ({ ProductCodes: presentProductCodes(instance.productCodes) }),
  sourceDestCheck: ({ networkInterfaces: [primary] }) => ({
    SourceDestCheck: { Value: primary?.networkInterface.sourceDestCheck ?? true },
  }),
  groupSet: view => ({ Groups: presentGroups(securityGroupsOf(view)) }),
  ebsOptimized: ({ instance }) => ({ EbsOptimized: { Value: instance.ebsOptimized } }),
  sriovNetSupport: ({ instance }) => ({ SriovNetSupport: { Value: instance.sriovNetSupport } }),
  enaSupport: ({ instance }) => ({ EnaSupport: { Value: instance.enaSupport ?? false } }),
  enclaveOptions: () => ({ EnclaveOptions: { Enabled: false } }),
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceAttribute.html */
export const describeInstanceAttribute = operation('DescribeInstanceAttribute', async (input, context) => {
  const attribute: string = required(input.Attribute, 'Attribute');
  const present = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
  if (!present) throw unknownAttribute(attribute);
  const records = context.records.read;
  const ids = idList('i', [required(input.InstanceId, 'InstanceId')]);
  const [view] = await viewInstances(records, context, await findInstances(records, context, ids));
  return { InstanceId: view!.instance.instanceId, ...present(view!) };
});
