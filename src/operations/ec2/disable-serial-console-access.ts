import { changeSettings } from './account-settings.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisableSerialConsoleAccess.html */
export const disableSerialConsoleAccess = operation('DisableSerialConsoleAccess', async (_input, context) => {
  await changeSettings(context, { serialConsoleAccess: false });
  return { SerialConsoleAccessEnabled: false };
});
