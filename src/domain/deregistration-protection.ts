import { operationNotPermitted } from './errors.ts';
import type { Image } from './image.ts';

/** Keeps an image from being deregistered; with a cooldown also for 24 hours after it is disabled. */
export type DeregistrationProtection =
  | { state: 'enabled'; cooldown: boolean }
  | { state: 'cooling-down'; until: string };

type Protected = Pick<Image, 'imageId' | 'deregistrationProtection'>;

const cooldown = 24 * 3_600_000;

export function enableProtection(withCooldown: boolean): DeregistrationProtection {
  return { state: 'enabled', cooldown: withCooldown };
}

/** What is left of a protection that is disabled now; disabling it once more does not begin its cooldown anew. */
export function disableProtection(
  protection: DeregistrationProtection | undefined,
  now: Date,
): DeregistrationProtection | undefined {
  if (protection?.state !== 'enabled') return protection;
  if (!protection.cooldown) return undefined;
  return { state: 'cooling-down', until: new Date(now.getTime() + cooldown).toISOString() };
}

/** The API's word for it. */
export function deregistrationProtectionWord(
  { deregistrationProtection: protection }: Pick<Image, 'deregistrationProtection'>,
  now: Date,
): string {
  if (protection?.state === 'enabled')
    return protection.cooldown ? 'enabled-with-cooldown' : 'enabled-without-cooldown';
  if (protection && now.getTime() < Date.parse(protection.until)) return `disabled after ${protection.until}`;
  return 'disabled';
}

/** @throws OperationNotPermitted while the image is protected or cools down. */
export function checkDeregistrable(image: Protected, now: Date): void {
  const protection = image.deregistrationProtection;
  if (protection?.state === 'enabled')
    throw operationNotPermitted(`The image '${image.imageId}' has deregistration protection enabled.`);
  if (protection && now.getTime() < Date.parse(protection.until))
    throw operationNotPermitted(
      `The image '${image.imageId}' has deregistration protection in its cooldown period until ${protection.until}.`,
    );
}
