/** The query protocol of STS and IAM (https://smithy.io/2.0/aws/protocols/aws-query-protocol.html). */
import type { ApiError } from '../domain/errors.ts';
import type { Model, OperationModel } from './model.ts';
import { openQuery } from './query-call.ts';
import type { Call, Protocol, WireResponse } from './wire.ts';
import { escapeText, writeMembers, xmlDeclaration, xmlHeaders } from './xml.ts';

/** `namespace` is that of answers and errors, e.g. `https://sts.amazonaws.com/doc/2011-06-15/`. */
export function awsQuery(model: Model, namespace: string): Protocol {
  return {
    open(request, served): Call {
      const call = openQuery(model, request, served);
      return {
        action: call.operation.name,
        input: () => call.input({ listsNameTheirItems: true }),
        respond: (output, requestId) => respond(call.operation, namespace, output, requestId),
      };
    },
    refuse: (error, requestId) => awsQueryError(error, requestId, namespace),
  };
}

function respond(
  { name, output: shape }: OperationModel,
  namespace: string,
  output: unknown,
  requestId: string,
): WireResponse {
  const result = shape ? `<${name}Result>${writeMembers(shape, output ?? {})}</${name}Result>` : '';
  return {
    status: 200,
    headers: xmlHeaders,
    body: `${xmlDeclaration}<${name}Response xmlns="${namespace}">${result}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${name}Response>`,
  };
}

/** Also the answer to query requests for services there are none of, which have no namespace to name. */
export function awsQueryError(error: ApiError, requestId: string, namespace?: string): WireResponse {
  const { code, message, status } = error;
  const type = status < 500 ? 'Sender' : 'Receiver';
  const xmlns = namespace ? ` xmlns="${namespace}"` : '';
  return {
    status,
    headers: xmlHeaders,
    body: `${xmlDeclaration}<ErrorResponse${xmlns}><Error><Type>${type}</Type><Code>${escapeText(code)}</Code><Message>${escapeText(message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
  };
}
