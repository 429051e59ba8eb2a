import { operation } from './operation.ts';
import { required } from './request.ts';
import { findVolume } from './volume-lookup.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVolumeAttribute.html */
export const modifyVolumeAttribute = operation('ModifyVolumeAttribute', async (input, context) => {
  const autoEnableIo = required(input.AutoEnableIO?.Value, 'AutoEnableIO.Value');
  await context.records.transaction(async records => {
    const volume = await findVolume(records, context, input.VolumeId);
    await records.volumes.put({ ...volume, autoEnableIo });
  });
  return {};
});
