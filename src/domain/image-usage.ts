/** Who uses an image: checks of references and reports of usage (spec C2.7, C2.8). */
import { invalidParameterValue, missingParameter } from './errors.ts';
import { type InstanceState, instanceStateCodes } from './instance.ts';

export const referencingTypes = [
  'ec2:Instance',
  'ec2:LaunchTemplate',
  'ssm:Parameter',
  'imagebuilder:ImageRecipe',
  'imagebuilder:ContainerRecipe',
] as const;
export type ReferencingType = (typeof referencingTypes)[number];

/** What a resource type's options ask for; absent where they say nothing. */
export interface UsageScope {
  type: ReferencingType;
  /** Instances in these states only. */
  states?: InstanceState[];
  /** How many of a launch template's most recent versions are looked at. */
  versionDepth?: number;
}

/** A resource type as the API receives it. */
export interface UsageTypeRequest {
  ResourceType?: string;
  ResourceTypeOptions?: { OptionName?: string; OptionValues?: string[] }[];
}

const mostDepth = 10_000;

/**
 * @param types those the call knows.
 * @param parameter its list's name on the wire.
 * @throws MissingParameter, InvalidParameterValue
 */
export function parseUsageTypes(
  requests: readonly UsageTypeRequest[] | undefined,
  types: readonly ReferencingType[],
  parameter: string,
): UsageScope[] {
  const scopes = (requests ?? []).map(request => parseScope(request, types, parameter));
  const twice = scopes.find((scope, index) => scopes.findIndex(one => one.type === scope.type) < index);
  if (twice) throw invalidParameterValue(`The resource type '${twice.type}' is specified more than once.`);
  return scopes;
}

function parseScope(
  { ResourceType, ResourceTypeOptions = [] }: UsageTypeRequest,
  types: readonly ReferencingType[],
  parameter: string,
): UsageScope {
  if (!ResourceType) throw missingParameter(`${parameter}.ResourceType`);
  const type = types.find(one => one === ResourceType);
  if (!type)
    throw invalidParameterValue(
      `Value (${ResourceType}) for parameter ResourceType is invalid. Valid values: ${types.join(', ')}.`,
    );
  const scope: UsageScope = { type };
  for (const { OptionName, OptionValues = [] } of ResourceTypeOptions)
    if (OptionName === 'state-name' && type === 'ec2:Instance') scope.states = OptionValues.map(parseState);
    else if (OptionName === 'version-depth' && type === 'ec2:LaunchTemplate')
      scope.versionDepth = parseDepth(OptionValues);
    else
      throw invalidParameterValue(
        `The option '${OptionName ?? ''}' is not valid for the resource type '${type}'.`,
      );
  return scope;
}

function parseState(value: string): InstanceState {
  if (Object.hasOwn(instanceStateCodes, value)) return value as InstanceState;
  throw invalidParameterValue(`Value (${value}) for option state-name is invalid.`);
}

function parseDepth([value = '', ...more]: readonly string[]): number {
  const depth = /^\d{1,6}$/.test(value) ? Number(value) : 0;
  if (more.length > 0 || depth < 1 || depth > mostDepth)
    throw invalidParameterValue(
      `Value (${[value, ...more].join(', ')}) for option version-depth is invalid. Expecting an integer between 1 and ${mostDepth}.`,
    );
  return depth;
}
