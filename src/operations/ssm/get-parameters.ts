import { ssmValidation } from '../../domain/ssm-errors.ts';
import { aliasedAccounts } from '../aliased-accounts.ts';
import { findParameter } from '../parameters.ts';
import type { SsmParameter } from './actions.ts';
import { operation } from './operation.ts';
import { presentParameter } from './present.ts';

const mostNames = 10;

/**
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
 * What is not there is told beside what is.
 */
export const getParameters = operation('GetParameters', async ({ Names }, context) => {
  const names = [...new Set(Names)];
  if (names.length === 0 || names.length > mostNames)
    throw ssmValidation(`Names must hold between 1 and ${mostNames} names.`);
  const aliased = await aliasedAccounts(context);
  const Parameters: SsmParameter[] = [];
  const InvalidParameters: string[] = [];
  for (const name of names) {
    const found = await findParameter(context.records.read, context, aliased, name);
    if (typeof found === 'string') InvalidParameters.push(name);
    else Parameters.push(presentParameter(found));
  }
  return { Parameters, InvalidParameters };
});
