import type { Image, StateReason } from '../domain/image.ts';
import type { JobServices } from './services.ts';
import { settleImages } from './settle-images.ts';
import { stateReasonOf } from './state-reason.ts';

/** Marks snapshots that cannot be completed `error`, and the images that wait for them `failed`, with the reason. */
export async function failSnapshots(
  services: JobServices,
  snapshotIds: readonly string[],
  reason: Error,
): Promise<void> {
  const stateReason = stateReasonOf(reason);
  await services.records.transaction(async writer => {
    for (const snapshot of await writer.snapshots.getMany(snapshotIds))
      if (snapshot.state === 'pending')
        await writer.snapshots.put({ ...snapshot, state: 'error', stateReason });
    await settleImages(writer, snapshotIds);
  });
}

/** Why the snapshots of an image that is pending no longer are not to be completed. */
export function whyImageEnded({ imageId, stateReason }: Pick<Image, 'imageId' | 'stateReason'>): StateReason {
  return (
    stateReason ?? {
      code: 'Client.InvalidAMIID.Unavailable',
      message: `Client.InvalidAMIID.Unavailable: The image '${imageId}' was deregistered before it was made.`,
    }
  );
}
