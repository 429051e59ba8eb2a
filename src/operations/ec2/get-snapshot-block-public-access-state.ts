import { defaultSettings, settingsOf } from './account-settings.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetSnapshotBlockPublicAccessState.html */
export const getSnapshotBlockPublicAccessState = operation(
  'GetSnapshotBlockPublicAccessState',
  async (_input, context) => {
    const settings = await settingsOf(context.records.read, await defaultSettings(context));
    return { State: settings.snapshotBlockPublicAccess, ManagedBy: 'account' as const };
  },
);
