import { operation } from './operation.ts';
import { setSnapshotBlock } from './snapshot-block-public-access.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisableSnapshotBlockPublicAccess.html */
export const disableSnapshotBlockPublicAccess = operation(
  'DisableSnapshotBlockPublicAccess',
  async (_input, context) => {
    await setSnapshotBlock(context, 'unblocked');
    return { State: 'unblocked' as const };
  },
);
