import { deregistrationProtectionWord, enableProtection } from '../../domain/deregistration-protection.ts';
import { ownedImage } from './find-image.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImageDeregistrationProtection.html */
export const enableImageDeregistrationProtection = operation(
  'EnableImageDeregistrationProtection',
  async (input, context) => {
    const deregistrationProtection = enableProtection(input.WithCooldown === true);
    await context.records.transaction(async records => {
      const image = await ownedImage(records, context.caller, input.ImageId);
      await records.images.put({ ...image, deregistrationProtection });
    });
    return { Return: deregistrationProtectionWord({ deregistrationProtection }, context.now()) };
  },
);
