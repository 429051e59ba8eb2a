import { page } from '../../domain/pages.ts';
import type { FoundParameter } from '../../domain/parameter.ts';
import { publicPrefix } from '../../domain/public-parameter.ts';
import { ssmValidation } from '../../domain/ssm-errors.ts';
import { aliasedAccounts } from '../aliased-accounts.ts';
import type { Context } from '../context.ts';
import { allPublic, versionsOf } from '../parameters.ts';
import { operation } from './operation.ts';
import { presentParameter } from './present.ts';

const mostResults = 10;

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html */
export const getParametersByPath = operation('GetParametersByPath', async (input, context) => {
  const { Path, Recursive = false, ParameterFilters, MaxResults = mostResults, NextToken } = input;
  if (!Path.startsWith('/'))
    throw ssmValidation(
      'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/".',
    );
  if (ParameterFilters?.length) throw ssmValidation('ParameterFilters are not supported: leave them out.');
  const under = Path.endsWith('/') ? Path : `${Path}/`;
  const found = (await latestOf(context, under))
    .filter(({ name }) => name.startsWith(under) && (Recursive || !name.slice(under.length).includes('/')))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const { items, ...rest } = page(found, parameter => parameter.name, {
    // A token continues the listing it is from, no other.
    action: `GetParametersByPath ${under} ${Recursive}`,
    MaxResults,
    NextToken: NextToken || undefined,
    least: 1,
    most: mostResults,
  });
  return { Parameters: items.map(presentParameter), ...rest };
});

/** The latest version of each parameter that may be there: public ones are listed only where they are asked for. */
async function latestOf(context: Context, path: string): Promise<FoundParameter[]> {
  const { read } = context.records;
  if (path.startsWith(publicPrefix))
    return [...(await allPublic(read, context, await aliasedAccounts(context))).values()].map(
      versions => versions[0]!,
    );
  const own = await read.parameters.list({ ownerId: context.caller.accountId });
  return own.map(parameter => versionsOf(parameter, context)[0]!);
}
