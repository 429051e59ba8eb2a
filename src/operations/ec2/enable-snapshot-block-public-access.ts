import { parseSnapshotBlock } from '../../domain/account-settings.ts';
import { operation } from './operation.ts';
import { required } from './request.ts';
import { setSnapshotBlock } from './snapshot-block-public-access.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableSnapshotBlockPublicAccess.html
 * With `block-all-sharing` public snapshots are nobody else's until it is lifted, and then public again.
 */
export const enableSnapshotBlockPublicAccess = operation(
  'EnableSnapshotBlockPublicAccess',
  async (input, context) => {
    const State = parseSnapshotBlock(required<string>(input.State, 'State'));
    await setSnapshotBlock(context, State);
    return { State };
  },
);
