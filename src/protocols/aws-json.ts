/** The AWS JSON 1.1 protocol of KMS and Systems Manager (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html). */
import { ApiError } from '../domain/errors.ts';
import type { Model, OperationModel } from './model.ts';
import { readBody, writeJson } from './rest-json-values.ts';
import type { Protocol, ServedActions, WireRequest, WireResponse } from './wire.ts';

const headers = { 'content-type': 'application/x-amz-json-1.1' };

/**
 * @param prefix what stands before the action in `X-Amz-Target`, e.g. `TrentService`.
 * @param internalError the service's own code for what is not the caller's fault.
 */
export function awsJson(model: Model, prefix: string, internalError: string): Protocol {
  return {
    open(request, served) {
      const operation = operationOf(model, prefix, request, served);
      return {
        action: operation.name,
        input: () => (operation.input ? readBody(operation.input, request.body) : {}),
        respond: output => respond(operation, output),
      };
    },
    refuse: error => refuse(error, model, internalError),
  };
}

function operationOf(model: Model, prefix: string, request: WireRequest, served: ServedActions) {
  const [service, action = ''] = (request.headers.get('x-amz-target') ?? '').split('.', 2);
  const operation = service === prefix && served.has(action) ? model.operation(action) : undefined;
  if (request.method !== 'POST' || !operation)
    throw new ApiError('UnknownOperationException', 'There is no such operation at this target');
  return operation;
}

/** An action without a result answers no bytes at all. */
function respond({ output: shape }: OperationModel, output: unknown): WireResponse {
  return { status: 200, headers, body: shape ? bytesOf(writeJson(shape, output ?? {})) : Buffer.alloc(0) };
}

function refuse(error: ApiError, model: Model, internalError: string): WireResponse {
  const code = error.code === 'InternalError' ? internalError : (jsonCodes[error.code] ?? error.code);
  return {
    status: model.errorStatus(code) ?? error.status,
    headers,
    body: bytesOf({ __type: code, message: error.message }),
  };
}

/** As bytes: to the type of a text the HTTP server would add its charset, which these services do not. */
function bytesOf(json: unknown): Buffer {
  return Buffer.from(JSON.stringify(json));
}

/** What codes of EC2's form are called here. */
const jsonCodes: Record<string, string> = {
  InvalidParameterValue: 'ValidationException',
  InvalidParameterCombination: 'ValidationException',
  MissingParameter: 'ValidationException',
  UnauthorizedOperation: 'AccessDeniedException',
  RequestLimitExceeded: 'ThrottlingException',
};
