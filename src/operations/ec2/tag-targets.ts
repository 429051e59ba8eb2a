import { invalidParameterValue, missingParameter } from '../../domain/errors.ts';

const mostResources = 1000;

/** The ids a tagging call names. @throws MissingParameter for none, InvalidParameterValue past 1000. */
export function checkTagTargets(resources: readonly string[] | undefined): readonly string[] {
  if (!resources?.length) throw missingParameter('ResourceId');
  if (resources.length > mostResources)
    throw invalidParameterValue(`At most ${mostResources} resources can be tagged in one request.`);
  return resources;
}
