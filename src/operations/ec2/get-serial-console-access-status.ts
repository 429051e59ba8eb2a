import { defaultSettings, settingsOf } from './account-settings.ts';
import { operation } from './operation.ts';

/**
 * What the account has chosen. It lets nobody in yet: there is no EC2 Instance Connect here, and GetConsoleOutput reads the
 * console without.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetSerialConsoleAccessStatus.html
 */
export const getSerialConsoleAccessStatus = operation(
  'GetSerialConsoleAccessStatus',
  async (_input, context) => {
    const settings = await settingsOf(context.records.read, await defaultSettings(context));
    return { SerialConsoleAccessEnabled: settings.serialConsoleAccess, ManagedBy: 'account' as const };
  },
);
