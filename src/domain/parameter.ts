/** Parameters of Systems Manager's Parameter Store: names for values, image ids above all. */

export type ParameterType = 'String' | 'StringList';
export type ParameterDataType = 'text' | 'aws:ec2:image';

/** A parameter an account has put. Times are ISO 8601 with milliseconds. */
export interface Parameter {
  ownerId: string;
  name: string;
  type: ParameterType;
  dataType: ParameterDataType;
  description?: string;
  /** Oldest first; the last one is what the name means. */
  versions: ParameterValue[];
}

export interface ParameterValue {
  version: number;
  value: string;
  time: string;
}

/** One version of a parameter, whoever's it is. */
export interface FoundParameter extends ParameterValue {
  name: string;
  arn: string;
  type: ParameterType;
  dataType: ParameterDataType;
  /** The version or label by which the request asked for it. */
  selector?: string;
}

/** Parameter Store keeps a hundred versions; the oldest goes. */
const mostVersions = 100;

export function parameterId({ ownerId, name }: Pick<Parameter, 'ownerId' | 'name'>): string {
  return `${ownerId}${name.startsWith('/') ? '' : ':'}${name}`;
}

/** @param owner empty for the public ones, as in Amazon's own ARNs. */
export function parameterArn(partition: string, region: string, owner: string, name: string): string {
  return `arn:${partition}:ssm:${region}:${owner}:parameter${name.startsWith('/') ? '' : '/'}${name}`;
}

export function withValue(parameter: Parameter, value: string, time: string): Parameter {
  const version = (parameter.versions.at(-1)?.version ?? 0) + 1;
  return { ...parameter, versions: [...parameter.versions, { version, value, time }].slice(-mostVersions) };
}

/** What a request calls a parameter by. */
export interface ParameterReference {
  name: string;
  /** A version's number, or a label. */
  selector?: string;
}

/** `name`, `name:selector`, or an ARN of this region and account with either behind it; undefined for another's ARN. */
export function parseReference(
  text: string,
  here: { partition: string; region: string; accountId: string },
): ParameterReference | undefined {
  let rest = text;
  if (text.startsWith('arn:')) {
    const known = [here.accountId, ''].map(owner => parameterArn(here.partition, here.region, owner, '/'));
    const prefix = known.find(start => text.startsWith(start));
    if (prefix === undefined) return undefined;
    // The slash belongs to the name of a parameter in a hierarchy only: which it is, the name tells.
    const name = text.slice(prefix.length);
    rest = name.includes('/') ? `/${name}` : name;
  }
  const colon = rest.indexOf(':');
  if (colon < 0) return { name: rest };
  return { name: rest.slice(0, colon), selector: rest.slice(colon + 1) };
}

/** Why a name cannot be a parameter's; undefined for a good one. https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html */
export function nameFault(name: string): string | undefined {
  if (name === '' || name.length > 1011 || !/^[A-Za-z0-9_.\-/]+$/.test(name))
    return 'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_';
  if (name.includes('/') && !name.startsWith('/'))
    return 'Parameter name must be a fully qualified name: a name with a slash in it begins with one.';
  if (name.endsWith('/') || name.includes('//')) return 'Parameter name has an empty sub-path.';
  if (name.split('/').length - 1 > 15) return 'Parameter name has more than 15 levels.';
  if (/^\/?(aws|ssm)/i.test(name))
    return 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).';
  return undefined;
}
