/**
 * Writes `src/protocols/model/<service>.json`: the wire format of every action of a service, read from the schemas
 * that Amazon's own client carries. `src/protocols/model.ts` describes and loads the result.
 */
import { writeFileSync } from 'node:fs';
import * as ebs from '@aws-sdk/client-ebs';
import * as ec2 from '@aws-sdk/client-ec2';
import * as sts from '@aws-sdk/client-sts';
import { NormalizedSchema } from '@smithy/core/schema';
import type {
  ErrorEntry,
  ListEntry,
  MemberEntry,
  ModelFile,
  OperationEntry,
  StructureEntry,
} from '../src/protocols/model.ts';

type Protocol = 'ec2' | 'query' | 'rest-json';
type Traits = ReturnType<NormalizedSchema['getMergedTraits']>;

/** The schemas say `number` and no more; these are the doubles of Amazon's published model, all others are integers. */
const doubles = new Set([
  'ClientData.UploadSize',
  'FleetLaunchTemplateOverridesRequest.Priority',
  'FleetLaunchTemplateOverridesRequest.WeightedCapacity',
  'LaunchTemplateOverrides.Priority',
  'LaunchTemplateOverrides.WeightedCapacity',
  'MemoryGiBPerVCpu.Max',
  'MemoryGiBPerVCpu.Min',
  'MemoryGiBPerVCpuRequest.Max',
  'MemoryGiBPerVCpuRequest.Min',
  'NetworkBandwidthGbps.Max',
  'NetworkBandwidthGbps.Min',
  'NetworkBandwidthGbpsRequest.Max',
  'NetworkBandwidthGbpsRequest.Min',
  'PriceScheduleSpecification.Price',
  'ReservationFleetInstanceSpecification.Weight',
  'ReservedInstanceLimitPrice.Amount',
  'SpotFleetLaunchSpecification.WeightedCapacity',
  'SpotFleetRequestConfigData.FulfilledCapacity',
  'SpotFleetRequestConfigData.OnDemandFulfilledCapacity',
  'TotalLocalStorageGB.Max',
  'TotalLocalStorageGB.Min',
  'TotalLocalStorageGBRequest.Max',
  'TotalLocalStorageGBRequest.Min',
]);

const services: [name: string, module: object, protocol: Protocol, version: string][] = [
  ['ec2', ec2, 'ec2', '2016-11-15'],
  ['ebs', ebs, 'rest-json', '2019-11-02'],
  ['sts', sts, 'query', '2011-06-15'],
];

for (const [service, module, protocol, version] of services) {
  const model = modelOf(module, protocol, version);
  writeFileSync(new URL(`../src/protocols/model/${service}.json`, import.meta.url), text(model));
}

function modelOf(module: object, protocol: Protocol, version: string): ModelFile {
  const model: ModelFile = { version, operations: {}, errors: {}, shapes: {} };
  for (const value of Object.values(module)) {
    if (!Array.isArray(value)) continue;
    if (value[0] === 9) model.operations[value[2]] = operationEntry(value, protocol, model);
    if (value[0] === -3 && value[3]) model.errors[value[2]] = errorEntry(value[3]);
  }
  model.operations = sorted(model.operations);
  model.shapes = sorted(model.shapes);
  return model;
}

function operationEntry(schema: unknown[], protocol: Protocol, model: ModelFile): OperationEntry {
  const traits = (schema[3] || {}) as { http?: [method: string, uri: string, status: number] };
  const [input, output] = [schema[4], schema[5]].map(member => {
    const normalized = NormalizedSchema.of(member as never);
    return normalized.isUnitSchema() ? '' : typeName(normalized, protocol, model);
  });
  return traits.http ? [input!, output!, ...traits.http] : [input!, output!];
}

function errorEntry(traits: {
  awsQueryError?: [code: string, status: number];
  httpError?: number;
}): ErrorEntry {
  return { code: traits.awsQueryError?.[0], status: traits.awsQueryError?.[1] ?? traits.httpError ?? 400 };
}

/** Adds the shape to the model unless it is there, and returns how others refer to it. */
function typeName(schema: NormalizedSchema, protocol: Protocol, model: ModelFile): string {
  if (schema.isListSchema()) return listName(schema, protocol, model);
  if (schema.isStructSchema()) return structureName(schema, protocol, model);
  if (schema.isBooleanSchema()) return 'boolean';
  if (schema.isTimestampSchema()) return 'timestamp';
  if (schema.isBlobSchema()) return 'blob';
  if (schema.isNumericSchema()) return 'integer';
  if (schema.isStringSchema()) return 'string';
  throw new Error(
    `No codec for ${schema.getName(true)}: add its kind to src/protocols/model.ts and the codecs`,
  );
}

function listName(schema: NormalizedSchema, protocol: Protocol, model: ModelFile): string {
  const value = schema.getValueSchema();
  const traits = value.getMergedTraits();
  const item = protocol === 'rest-json' ? '' : String(traits.xmlName ?? 'member');
  const anonymous = typeof schema.getSchema() !== 'object';
  const name = `#${anonymous ? `ListOf.${typeName(value, protocol, model)}` : schema.getName()}`;
  model.shapes[name.slice(1)] ??= { list: typeName(value, protocol, model), item } satisfies ListEntry;
  return name;
}

function structureName(schema: NormalizedSchema, protocol: Protocol, model: ModelFile): string {
  const name = schema.getName()!;
  if (model.shapes[name]) return `#${name}`;
  const entry: StructureEntry = { members: {} };
  model.shapes[name] = entry;
  const required = (schema.getSchema() as unknown[])[6];
  if (typeof required === 'number' && required > 0) entry.required = required;
  for (const [member, memberSchema] of schema.structIterator()) {
    const type = doubles.has(`${name}.${member}`) ? 'double' : typeName(memberSchema, protocol, model);
    entry.members[member] = memberEntry(member, type, memberSchema, protocol);
  }
  return `#${name}`;
}

function memberEntry(name: string, type: string, schema: NormalizedSchema, protocol: Protocol): MemberEntry {
  const traits = schema.getMergedTraits();
  if (protocol === 'rest-json') return restMember(name, type, traits);
  const own = schema.getMemberTraits();
  const out = String(own.xmlName ?? name);
  if (protocol === 'query') return [type, out, out];
  return [type, String(traits.ec2QueryName ?? capitalised(String(traits.xmlName ?? name))), out];
}

function restMember(name: string, type: string, traits: Traits): MemberEntry {
  if (traits.httpLabel) return [type, name, name, 'label'];
  if (traits.httpPayload) return [type, name, name, 'payload'];
  const { httpHeader, httpQuery, jsonName = name } = traits;
  if (httpHeader) return [type, String(httpHeader), String(httpHeader), 'header'];
  if (httpQuery) return [type, String(httpQuery), String(httpQuery), 'query'];
  return [type, String(jsonName), String(jsonName)];
}

function capitalised(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1);
}

function sorted<Value>(entries: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** JSON with one line per operation and shape, so that a change of the model can be read as a diff. */
function text(model: ModelFile): string {
  const lines = (entries: object) =>
    Object.entries(entries)
      .map(([name, entry]) => `\n${JSON.stringify(name)}:${JSON.stringify(entry)}`)
      .join(',');
  const { version, operations, errors, shapes } = model;
  return `{"version":${JSON.stringify(version)},"operations":{${lines(operations)}},"errors":{${lines(errors)}},"shapes":{${lines(shapes)}}}\n`;
}
