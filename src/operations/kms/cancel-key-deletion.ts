import { withDeletionCancelled } from '../../domain/kms-key-state.ts';
import { changeKey } from './change-key.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html */
export const cancelKeyDeletion = operation('CancelKeyDeletion', async (input, context) => {
  const { arn } = await changeKey(context, input.KeyId, withDeletionCancelled);
  return { KeyId: arn };
});
