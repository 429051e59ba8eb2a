/** Parameters by name, as Systems Manager answers them and as launches resolve them. */
import type { AccountAlias } from '../domain/account.ts';
import { isPublic } from '../domain/image-visibility.ts';
import {
  type FoundParameter,
  type Parameter,
  parameterArn,
  parameterId,
  parseReference,
} from '../domain/parameter.ts';
import { partitionOf } from '../domain/partition.ts';
import { publicParameters, publicPrefix } from '../domain/public-parameter.ts';
import type { RegionReader } from '../stores/records/database.ts';
import type { Context } from './context.ts';

type Records = Pick<RegionReader, 'images' | 'parameters'>;

/** A parameter's version, `undefined` where there is none, or which of the two it was that was not there. */
export type ParameterAnswer = FoundParameter | 'no-parameter' | 'no-version';

/**
 * @param reference `name`, `name:version` or `name:label`, or an ARN.
 * @param aliased accounts with an alias: they are looked up outside a transaction.
 */
export async function findParameter(
  records: Records,
  context: Context,
  aliased: ReadonlyMap<AccountAlias, string>,
  reference: string,
): Promise<ParameterAnswer> {
  const { accountId } = context.caller;
  const region = context.region.name;
  const parsed = parseReference(reference, { partition: partitionOf(region), region, accountId });
  if (!parsed) return 'no-parameter';
  const { name, selector } = parsed;
  const versions = name.startsWith(publicPrefix)
    ? (await allPublic(records, context, aliased)).get(name)
    : await ownVersions(records, context, name);
  if (!versions?.[0]) return 'no-parameter';
  if (selector === undefined) return versions[0];
  const version = versions.find(one => String(one.version) === selector);
  return version ? { ...version, selector } : 'no-version';
}

/** Every public parameter, its latest version first. */
export async function allPublic(
  records: Pick<RegionReader, 'images'>,
  context: Context,
  aliased: ReadonlyMap<AccountAlias, string>,
): Promise<Map<string, FoundParameter[]>> {
  const ownerId = aliased.get('amazon');
  if (ownerId === undefined) return new Map();
  const images = await records.images.list({ ownerId, state: 'available' });
  const { name } = context.region;
  return publicParameters(images.filter(isPublic), partitionOf(name), name);
}

async function ownVersions(records: Records, context: Context, name: string): Promise<FoundParameter[]> {
  const parameter = await records.parameters.get(parameterId({ ownerId: context.caller.accountId, name }));
  return parameter ? versionsOf(parameter, context) : [];
}

/** The latest first. */
export function versionsOf(parameter: Parameter, context: Context): FoundParameter[] {
  const { name, type, dataType, ownerId, versions } = parameter;
  const region = context.region.name;
  const arn = parameterArn(partitionOf(region), region, ownerId, name);
  return versions.map(version => ({ ...version, name, type, dataType, arn })).reverse();
}
