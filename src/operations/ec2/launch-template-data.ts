/** Launch parameters between the request that states them, the record that keeps them, and the launch that uses them. */
import type * as sdk from '@aws-sdk/client-ec2';
import { missingParameter, unsupportedOperation } from '../../domain/errors.ts';
import type { LaunchTemplateData } from '../../domain/launch-template.ts';
import { parseUserData, userDataMalformed } from '../../domain/user-data.ts';

/**
 * What says something among the parameters; an empty string is an absent one.
 * @throws MissingParameter for nothing, InvalidUserData.Malformed
 */
export function parseTemplateData(data: sdk.RequestLaunchTemplateData | undefined): LaunchTemplateData {
  const given = withoutEmpty({ ...data });
  if (Object.keys(given).length === 0) throw missingParameter('LaunchTemplateData');
  parseUserData(given.UserData, userDataMalformed);
  return given as LaunchTemplateData;
}

/** What a version takes over from the one it is based on: snapshots of its devices are not among it. */
export function inheritedData(data: LaunchTemplateData): LaunchTemplateData {
  const { BlockDeviceMappings: devices } = data as sdk.RequestLaunchTemplateData;
  if (!devices) return data;
  const BlockDeviceMappings = devices.map(device =>
    device.Ebs ? { ...device, Ebs: { ...device.Ebs, SnapshotId: undefined } } : device,
  );
  return { ...data, BlockDeviceMappings };
}

/** As it is shown. Records keep no dates. */
export function presentTemplateData(data: LaunchTemplateData): sdk.ResponseLaunchTemplateData {
  const shown = data as sdk.ResponseLaunchTemplateData;
  const market = shown.InstanceMarketOptions;
  const until = market?.SpotOptions?.ValidUntil;
  if (!until) return shown;
  const SpotOptions = { ...market.SpotOptions, ValidUntil: new Date(until) };
  return { ...shown, InstanceMarketOptions: { ...market, SpotOptions } };
}

/**
 * A launch with the template's parameters under its own: a parameter of the request takes the place of the template's.
 * Devices and tags, which are lists of things that have names, take each other's place by these.
 * @throws UnsupportedOperation for a template that states requirements instead of an instance type
 */
export function overTemplate(
  request: sdk.RunInstancesRequest,
  data: LaunchTemplateData,
): sdk.RunInstancesRequest {
  const {
    RamDiskId: RamdiskId,
    ElasticGpuSpecifications: ElasticGpuSpecification,
    InstanceRequirements,
    ...rest
  } = data as sdk.RequestLaunchTemplateData;
  const own = withoutEmpty(request);
  if (InstanceRequirements && !own.InstanceType)
    throw unsupportedOperation('The parameter InstanceRequirements is not supported: name an InstanceType.');
  const base = withoutEmpty({ ...rest, RamdiskId, ElasticGpuSpecification }) as Partial<typeof request>;
  // Groups by name and groups by id are one choice.
  if (own.SecurityGroupIds?.length || own.SecurityGroups?.length) {
    base.SecurityGroupIds = undefined;
    base.SecurityGroups = undefined;
  }
  return {
    ...base,
    ...own,
    BlockDeviceMappings: byName(base.BlockDeviceMappings, own.BlockDeviceMappings, one => one.DeviceName),
    TagSpecifications: mergeTagSpecifications(base.TagSpecifications, own.TagSpecifications),
  };
}

function withoutEmpty<Parameters extends object>(parameters: Parameters): Parameters {
  const said = Object.entries(parameters).filter(([, value]) => value !== '' && value !== undefined);
  return Object.fromEntries(said) as Parameters;
}

function byName<Item>(
  base: readonly Item[] | undefined,
  over: readonly Item[] | undefined,
  nameOf: (item: Item) => string | undefined,
): Item[] | undefined {
  if (!base?.length || !over?.length) return [...(over?.length ? over : (base ?? []))];
  const replaced = new Set(over.map(nameOf));
  return [...base.filter(item => !replaced.has(nameOf(item))), ...over];
}

function mergeTagSpecifications(
  base: readonly sdk.TagSpecification[] | undefined,
  over: readonly sdk.TagSpecification[] | undefined,
): sdk.TagSpecification[] {
  const types = over?.map(one => one.ResourceType) ?? [];
  return [
    ...(base ?? []).filter(one => !types.includes(one.ResourceType)),
    ...(over ?? []).map(one => {
      const under = base?.find(other => other.ResourceType === one.ResourceType);
      return { ...one, Tags: byName(under?.Tags, one.Tags, tag => tag.Key) };
    }),
  ];
}
