import { parseWindow, scheduledForDeletion } from '../../domain/kms-key-state.ts';
import { changeKey } from './change-key.ts';
import { operation } from './operation.ts';

/**
 * The key is of no use from now on; when its time has come, housekeeping destroys it and with it what it encrypted.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
 */
export const scheduleKeyDeletion = operation('ScheduleKeyDeletion', async (input, context) => {
  const days = parseWindow(input.PendingWindowInDays);
  const key = await changeKey(context, input.KeyId, key => scheduledForDeletion(key, days, context.now()));
  return {
    KeyId: key.arn,
    DeletionDate: new Date(key.deletionTime!),
    KeyState: key.state,
    PendingWindowInDays: days,
  };
});
