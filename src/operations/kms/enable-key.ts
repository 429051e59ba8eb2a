import { withState } from '../../domain/kms-key-state.ts';
import { changeKey } from './change-key.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKey.html */
export const enableKey = operation('EnableKey', async (input, context) => {
  await changeKey(context, input.KeyId, key => withState(key, 'Enabled'));
  return undefined;
});
