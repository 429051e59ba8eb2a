import { parameterNotFound, parameterVersionNotFound } from '../../domain/ssm-errors.ts';
import { aliasedAccounts } from '../aliased-accounts.ts';
import { findParameter } from '../parameters.ts';
import { operation } from './operation.ts';
import { presentParameter } from './present.ts';

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html */
export const getParameter = operation('GetParameter', async ({ Name }, context) => {
  const found = await findParameter(context.records.read, context, await aliasedAccounts(context), Name);
  if (found === 'no-parameter') throw parameterNotFound(Name);
  if (found === 'no-version') throw parameterVersionNotFound(Name);
  return { Parameter: presentParameter(found) };
});
