/** Values of the REST JSON protocol: JSON bodies, and text in paths, query strings and headers. */
import { ApiError } from '../domain/errors.ts';
import { hasIllegalCharacter } from './characters.ts';
import type { Member, Shape, Structure } from './model.ts';
import { expectation, parseScalar } from './scalars.ts';

type Values = Record<string, unknown>;

/** The EBS model's error for bad input. */
export function validationError(message: string, options?: ErrorOptions): ApiError {
  const error = new ApiError('ValidationException', message, 400, options);
  return Object.assign(error, { reason: 'INVALID_PARAMETER_VALUE' });
}

/** A scalar from a path, query string or header; an empty text is an absent value. */
export function readText(member: Member, text: string | undefined): unknown {
  if (!text || member.shape.kind === 'structure' || member.shape.kind === 'list') return undefined;
  const value = parseScalar(member.shape.kind, text);
  if (value === undefined || hasIllegalCharacter(text)) throw notOfKind(member.in, member.shape);
  return value;
}

/** The members of a JSON body; members the model does not know are ignored, as AWS does in this protocol. */
export function readBody(shape: Structure, body: Buffer): Values {
  if (body.length === 0) return {};
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    throw new ApiError('SerializationException', 'The body is not valid JSON', 400, { cause });
  }
  const members = shape.members.filter(member => member.location === 'body');
  return readStructure({ ...shape, members }, json, 'the body');
}

function readStructure(shape: Structure, json: unknown, path: string): Values {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw notOfKind(path, shape);
  const values: Values = {};
  for (const member of shape.members) {
    const given = Object.hasOwn(json, member.in) ? (json as Values)[member.in] : undefined;
    if (given !== undefined && given !== null) values[member.name] = readJson(member.shape, given, member.in);
    else if (member.required) throw validationError(`The request must contain ${member.in}`);
  }
  return values;
}

function readJson(shape: Shape, json: unknown, path: string): unknown {
  switch (shape.kind) {
    case 'structure':
      return readStructure(shape, json, path);
    case 'list':
      if (!Array.isArray(json)) throw notOfKind(path, shape);
      return json.map(item => readJson(shape.item, item, path));
    case 'string':
      if (typeof json === 'string' && !hasIllegalCharacter(json)) return json;
      break;
    case 'boolean':
      if (typeof json === 'boolean') return json;
      break;
    case 'integer':
      if (Number.isSafeInteger(json)) return json;
      break;
    case 'double':
      if (typeof json === 'number') return json;
      break;
    case 'timestamp':
      if (typeof json === 'number' && Math.abs(json) < 8.64e12) return new Date(json * 1000);
      break;
    case 'blob': {
      const value = typeof json === 'string' ? parseScalar('blob', json) : undefined;
      if (value !== undefined) return value;
    }
  }
  throw notOfKind(path, shape);
}

/** A value as JSON: times in seconds since 1970 with their milliseconds, bytes in base64. */
export function writeJson(shape: Shape, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  if (shape.kind === 'list') return (value as unknown[]).map(item => writeJson(shape.item, item));
  if (shape.kind === 'structure') {
    const values = value as Values;
    return Object.fromEntries(shape.members.map(m => [m.out, writeJson(m.shape, values[m.name])]));
  }
  if (value instanceof Date) return value.getTime() / 1000;
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

function notOfKind(path: string, shape: Shape): ApiError {
  const kind =
    shape.kind === 'list' || shape.kind === 'structure' ? `a ${shape.kind}` : expectation[shape.kind];
  return validationError(`The value of ${path} is invalid: expecting ${kind}`);
}
