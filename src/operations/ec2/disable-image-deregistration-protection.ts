import { deregistrationProtectionWord, disableProtection } from '../../domain/deregistration-protection.ts';
import { ownedImage } from './find-image.ts';
import { operation } from './operation.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisableImageDeregistrationProtection.html
 * With a cooldown the image can be deregistered 24 hours later.
 */
export const disableImageDeregistrationProtection = operation(
  'DisableImageDeregistrationProtection',
  async (input, context) => {
    const now = context.now();
    const changed = await context.records.transaction(async records => {
      const { deregistrationProtection: before, ...image } = await ownedImage(
        records,
        context.caller,
        input.ImageId,
      );
      const left = disableProtection(before, now);
      const unprotected = { ...image, ...(left && { deregistrationProtection: left }) };
      await records.images.put(unprotected);
      return unprotected;
    });
    return { Return: deregistrationProtectionWord(changed, now) };
  },
);
