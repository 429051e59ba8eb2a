import { parameterId } from '../../domain/parameter.ts';
import { parameterNotFound } from '../../domain/ssm-errors.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html */
export const deleteParameter = operation('DeleteParameter', async ({ Name }, context) => {
  const id = parameterId({ ownerId: context.caller.accountId, name: Name });
  await context.records.transaction(async records => {
    if (!(await records.parameters.get(id))) throw parameterNotFound(Name);
    await records.parameters.delete(id);
  });
  return {};
});
