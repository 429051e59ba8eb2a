/** From the tree of query parameters to an action's typed input, guided by the model. */
import { ApiError, invalidParameterValue, missingParameter } from '../domain/errors.ts';
import { shown } from './characters.ts';
import type { List, Member, Scalar, Shape, Structure } from './model.ts';
import type { ParameterNode } from './query-parameters.ts';
import { expectation, parseScalar } from './scalars.ts';

export interface QueryStyle {
  /** STS puts the list's item name before each index (`Tags.member.1`), EC2 does not (`Tag.1`). */
  readonly listsNameTheirItems: boolean;
}

/** The largest list index: a list this long does not fit the bounded body with more than a few bytes an item. */
const maxIndex = 10_000;
const indexPattern = /^(0|[1-9]\d{0,4})$/;

/**
 * Clients send an empty string for what they leave out (Packer: `SubnetId=`, `KmsKeyId=`), so an empty scalar is absent.
 * These few mean something when empty: the mapping is suppressed, the tag has an empty value, the attribute is cleared.
 * Items of lists are kept as well: `ImageId.1=` must be refused as malformed, not turned into "all images".
 */
const meaningfulWhenEmpty = new Set([
  'BlockDeviceMapping.NoDevice',
  'InstanceBlockDeviceMappingSpecification.NoDevice',
  'LaunchTemplateBlockDeviceMappingRequest.NoDevice',
  'Tag.Value',
  'AttributeValue.Value',
  'BlobAttributeValue.Value',
  'ModifyImageAttributeRequest.Value',
  'ModifyInstanceAttributeRequest.Value',
]);

/** Required, but AWS has another error for their absence than `MissingParameter`: the actions themselves answer it. */
const requiredByActions = new Set([
  'RebootInstancesRequest.InstanceIds',
  'StartInstancesRequest.InstanceIds',
  'StopInstancesRequest.InstanceIds',
  'TerminateInstancesRequest.InstanceIds',
]);

type Input = Record<string, unknown>;

/** Throws `UnknownParameter`, `MissingParameter` or `InvalidParameterValue`, naming the parameter as it is written on the wire. */
export function readQueryInput(shape: Structure | undefined, root: ParameterNode, style: QueryStyle): Input {
  const [stray] = shape ? [] : root.children.keys();
  if (stray !== undefined) throw unknownParameter(stray);
  return shape ? structure(shape, root, '', style) : {};
}

function structure(shape: Structure, node: ParameterNode, path: string, style: QueryStyle): Input {
  return complete(shape, members(shape, node, path, style), path);
}

function members(shape: Structure, node: ParameterNode, path: string, style: QueryStyle): Input {
  if (node.value) throw notOfKind(path, node.value, 'a structure: name one of its members');
  const input: Input = {};
  for (const [name, child] of node.children) {
    const member = shape.membersByInput.get(name);
    if (!member) throw unknownParameter(join(path, name));
    const value = memberValue(shape, member, child, join(path, name), style);
    if (value !== undefined) input[member.name] = value;
  }
  return input;
}

function complete(shape: Structure, input: Input, path: string): Input {
  const missing = shape.members.find(
    member =>
      member.required &&
      input[member.name] === undefined &&
      !requiredByActions.has(`${shape.name}.${member.name}`),
  );
  if (missing) throw missingParameter(join(path, missing.in));
  return input;
}

function memberValue(owner: Structure, member: Member, node: ParameterNode, path: string, style: QueryStyle) {
  const shape = member.shape;
  if (shape.kind === 'structure') {
    // A structure of which only empty scalars were sent (Packer: `IamInstanceProfile.Name=`) is absent like them.
    const value = members(shape, node, path, style);
    return Object.keys(value).length > 0 ? complete(shape, value, path) : undefined;
  }
  if (shape.kind === 'list') return list(shape, node, path, style);
  const absent = node.value === '' && !meaningfulWhenEmpty.has(`${owner.name}.${member.name}`);
  return absent && node.children.size === 0 ? undefined : scalar(shape, node, path);
}

function list(shape: List, node: ParameterNode, path: string, style: QueryStyle): unknown[] | undefined {
  if (node.value) throw notOfKind(path, node.value, `a list: write ${path}.1`);
  if (!style.listsNameTheirItems) return items(shape.item, node, path, style);
  const [other] = [...node.children.keys()].filter(name => name !== shape.itemName);
  if (other !== undefined) throw unknownParameter(join(path, other));
  const named = node.children.get(shape.itemName);
  return named && items(shape.item, named, join(path, shape.itemName), style);
}

/** Items in the order of their indices, which may have gaps. */
function items(shape: Shape, node: ParameterNode, path: string, style: QueryStyle): unknown[] | undefined {
  const indices = [...node.children.keys()].map(index => {
    if (!indexPattern.test(index)) throw unknownParameter(join(path, index));
    if (Number(index) > maxIndex) throw notOfKind(path, index, `an index of at most ${maxIndex}`);
    return Number(index);
  });
  if (indices.length === 0) return undefined;
  return indices
    .sort((a, b) => a - b)
    .map(index => item(shape, node.children.get(String(index))!, join(path, String(index)), style));
}

function item(shape: Shape, node: ParameterNode, path: string, style: QueryStyle): unknown {
  if (shape.kind === 'structure') return structure(shape, node, path, style);
  if (shape.kind === 'list') return list(shape, node, path, style) ?? [];
  return scalar(shape, node, path);
}

function scalar(shape: Scalar, node: ParameterNode, path: string): unknown {
  const [below] = node.children.keys();
  if (below !== undefined) throw unknownParameter(join(path, below));
  const value = parseScalar(shape.kind, node.value ?? '');
  if (value === undefined) throw notOfKind(path, node.value ?? '', expectation[shape.kind]);
  return value;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function unknownParameter(path: string): ApiError {
  return new ApiError('UnknownParameter', `The parameter ${shown(path)} is not recognized`);
}

function notOfKind(path: string, value: string, expected: string): ApiError {
  return invalidParameterValue(
    `Value (${shown(value)}) for parameter ${path} is invalid. Expecting ${expected}.`,
  );
}
