import { changeSettings } from './account-settings.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableSerialConsoleAccess.html */
export const enableSerialConsoleAccess = operation('EnableSerialConsoleAccess', async (_input, context) => {
  await changeSettings(context, { serialConsoleAccess: true });
  return { SerialConsoleAccessEnabled: true };
});
