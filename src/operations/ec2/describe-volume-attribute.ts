import { invalidParameterValue } from '../../domain/errors.ts';
import { operation } from './operation.ts';
import { presentProductCodes } from './present/image.ts';
import { required } from './request.ts';
import { findVolume } from './volume-lookup.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumeAttribute.html */
export const describeVolumeAttribute = operation('DescribeVolumeAttribute', async (input, context) => {
  const attribute: string = required(input.Attribute, 'Attribute');
  const { volumeId, autoEnableIo, productCodes } = await findVolume(
    context.records.read,
    context,
    input.VolumeId,
  );
  if (attribute === 'autoEnableIO')
    return { VolumeId: volumeId, AutoEnableIO: { Value: autoEnableIo ?? false } };
  if (attribute === 'productCodes')
    return { VolumeId: volumeId, ProductCodes: presentProductCodes(productCodes) };
  throw invalidParameterValue(`Value (${attribute}) for parameter attribute is invalid. Unknown attribute.`);
});
