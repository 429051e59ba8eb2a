/** The REST JSON protocol of the EBS direct API and the Recycle Bin (https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html). */
import { ApiError } from '../domain/errors.ts';
import type { Member, Model, OperationModel, Structure } from './model.ts';
import { readBody, readText, validationError, writeJson } from './rest-json-values.ts';
import { matchRoute, percentDecode, type Route, routesOf } from './routes.ts';
import type { Protocol, WireRequest, WireResponse } from './wire.ts';

const jsonHeaders = { 'content-type': 'application/json' };

type Values = Record<string, unknown>;

export function restJson(model: Model): Protocol {
  const routes = routesOf(model);
  return {
    open(request, served) {
      const match = matchRoute(routes, request);
      if (!match || !served.has(match.route.operation.name)) {
        throw new ApiError('UnknownOperationException', 'There is no operation at this method and path', 404);
      }
      return {
        action: match.route.operation.name,
        input: () => readInput(match.route, match.labels, request),
        respond: output => respond(match.route.operation, (output ?? {}) as Values),
      };
    },
    refuse: (error, requestId) => restJsonError(error, requestId, model),
  };
}

function readInput({ operation }: Route, labels: ReadonlyMap<string, string>, request: WireRequest): Values {
  const shape = operation.input;
  if (!shape) return {};
  const query = queryOf(request.query);
  const body = shape.members.some(member => member.location === 'body') ? readBody(shape, request.body) : {};
  const input: Values = {};
  for (const member of shape.members) {
    const value = valueAt(member, labels, query, body, request);
    if (value !== undefined) input[member.name] = value;
    else if (member.required) throw validationError(`The request must contain ${member.in}`);
  }
  return input;
}

function valueAt(
  member: Member,
  labels: ReadonlyMap<string, string>,
  query: ReadonlyMap<string, string[]>,
  body: Values,
  request: WireRequest,
): unknown {
  switch (member.location) {
    case 'label':
      return readText(member, labels.get(member.in));
    case 'query':
      return readQuery(member, query.get(member.in) ?? []);
    case 'header':
      return readText(member, request.headers.get(member.in.toLowerCase()));
    case 'payload':
      return request.body;
    case 'body':
      return body[member.name];
  }
}

/** A list has one parameter for each item; of anything else there is one. */
function readQuery(member: Member, texts: readonly string[]): unknown {
  const { shape } = member;
  if (shape.kind === 'list')
    return texts.length > 0 ? texts.map(text => readText({ ...member, shape: shape.item }, text)) : undefined;
  if (texts.length > 1) throw validationError('The query string repeats a parameter');
  return readText(member, texts[0]);
}

function queryOf(text: string): Map<string, string[]> {
  const query = new Map<string, string[]>();
  for (const pair of text.split('&').filter(Boolean)) {
    const equals = pair.indexOf('=');
    const name = percentDecode(equals < 0 ? pair : pair.slice(0, equals));
    const value = percentDecode(equals < 0 ? '' : pair.slice(equals + 1).replaceAll('+', ' '));
    if (name === undefined || value === undefined) throw validationError('The query string is malformed');
    query.set(name, [...(query.get(name) ?? []), value]);
  }
  return query;
}

function respond(operation: OperationModel, output: Values): WireResponse {
  const { http, output: shape } = operation;
  const status = http?.status ?? 200;
  if (status === 204) return { status, headers: {}, body: '' };
  if (!shape) return { status, headers: jsonHeaders, body: '{}' };
  const headers: Record<string, string> = {};
  for (const member of shape.members) {
    const value = output[member.name];
    if (member.location === 'header' && value !== undefined) headers[member.out] = String(value);
  }
  const payload = shape.members.find(member => member.location === 'payload');
  return payload
    ? {
        status,
        headers: { 'content-type': 'application/octet-stream', ...headers },
        body: blob(output, payload),
      }
    : { status, headers: { ...jsonHeaders, ...headers }, body: JSON.stringify(writeBody(shape, output)) };
}

function blob(output: Values, payload: Member): Uint8Array {
  const value = output[payload.name];
  return value instanceof Uint8Array ? value : new Uint8Array();
}

function writeBody(shape: Structure, output: Values): unknown {
  const members = shape.members.filter(member => member.location === 'body');
  return writeJson({ ...shape, members }, output);
}

/** The model's status for a code it knows. `Reason` is a part of most EBS errors: an `ApiError` may carry it as `reason`. */
function restJsonError(error: ApiError, requestId: string, model: Model): WireResponse {
  const code = restCodes[error.code] ?? error.code;
  const reason = 'reason' in error && typeof error.reason === 'string' ? { Reason: error.reason } : {};
  return {
    status: model.errorStatus(code) ?? error.status,
    headers: { ...jsonHeaders, 'x-amzn-errortype': code },
    body: JSON.stringify({ Message: error.message, ...reason, RequestId: requestId }),
  };
}

/** What EC2's own codes are called in JSON services. */
const restCodes: Record<string, string> = {
  InternalError: 'InternalServerException',
  InvalidParameterValue: 'ValidationException',
  InvalidParameterCombination: 'ValidationException',
  MissingParameter: 'ValidationException',
  UnauthorizedOperation: 'AccessDeniedException',
  RequestLimitExceeded: 'RequestThrottledException',
};
