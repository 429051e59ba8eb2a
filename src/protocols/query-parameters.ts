/** The flat parameters of a query protocol (`Filter.1.Name=…`) and the tree their dots describe. */
import { ApiError, invalidParameterValue } from '../domain/errors.ts';
import { hasIllegalCharacter, shown } from './characters.ts';
import type { WireRequest } from './wire.ts';

/** Parameters in the order sent; names are unique. */
export type Parameters = ReadonlyMap<string, string>;

export interface ParameterNode {
  value?: string;
  readonly children: Map<string, ParameterNode>;
}

/** More than the largest request AWS documents needs (1,000 resources, or 200 filter values, each with its parts). */
const maxParameters = 10_000;
const maxNameLength = 512;
const maxDepth = 32;

/** Parameters of the query string and, where there is one, the form in the body. Throws `MalformedQueryString` and others. */
export function readParameters(request: Pick<WireRequest, 'query' | 'body'>): Parameters {
  const parameters = new Map<string, string>();
  for (const text of [request.query, utf8(request.body)]) addParameters(text, parameters);
  return parameters;
}

/** Reads dots as structure. Parameters that `ignored` says belong to the protocol are left out. */
export function parameterTree(parameters: Parameters, ignored: (name: string) => boolean): ParameterNode {
  const root: ParameterNode = { children: new Map() };
  for (const [name, value] of parameters) {
    if (!ignored(name)) nodeAt(root, name).value = value;
  }
  return root;
}

/** Parameters about the call itself: which action, and who signs it how (signature versions 4 and 2). */
export function isProtocolParameter(name: string): boolean {
  return /^(Action|Version|AWSAccessKeyId|Signature|SignatureMethod|SignatureVersion|SecurityToken|Timestamp|Expires|X-Amz-[A-Za-z0-9-]+)$/.test(
    name,
  );
}

function addParameters(text: string, parameters: Map<string, string>): void {
  for (const pair of pairs(text)) {
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    if (name.length > maxNameLength) throw malformed('a parameter name is too long');
    if (hasIllegalCharacter(name) || hasIllegalCharacter(value)) {
      throw new ApiError(
        'InvalidCharacter',
        `The parameter ${shown(name)} holds a character that is not allowed`,
      );
    }
    if (parameters.has(name)) {
      throw new ApiError('InvalidParameterCombination', `The parameter ${name} is given more than once`);
    }
    if (parameters.size >= maxParameters)
      throw malformed(`a request has at most ${maxParameters} parameters`);
    parameters.set(name, value);
  }
}

function* pairs(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('&', start);
    const stop = end < 0 ? text.length : end;
    if (stop > start) yield text.slice(start, stop);
    start = stop + 1;
  }
}

function nodeAt(root: ParameterNode, name: string): ParameterNode {
  const parts = name.split('.', maxDepth + 1);
  if (parts.length > maxDepth)
    throw invalidParameterValue(`The parameter ${shown(name)} is nested too deeply`);
  let node = root;
  for (const part of parts) {
    let child = node.children.get(part);
    if (!child) {
      child = { children: new Map() };
      node.children.set(part, child);
    }
    node = child;
  }
  return node;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw malformed('a percent-encoding is not valid UTF-8', cause);
  }
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw malformed('the body is not valid UTF-8', cause);
  }
}

function malformed(why: string, cause?: unknown): ApiError {
  return new ApiError('MalformedQueryString', `The query string contains a syntax error: ${why}`, 400, {
    cause,
  });
}
