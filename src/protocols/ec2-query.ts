/** The EC2 Query protocol: flat parameters in, XML out (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html). */
import { type ApiError, invalidParameterValue } from '../domain/errors.ts';
import { shown } from './characters.ts';
import type { Model, OperationModel } from './model.ts';
import { type Instead, openQuery } from './query-call.ts';
import type { Call, Protocol, WireResponse } from './wire.ts';
import { escapeText, writeMembers, xmlDeclaration, xmlHeaders } from './xml.ts';

export function ec2Query(model: Model, instead?: Instead): Protocol {
  return {
    open(request, served): Call {
      const call = openQuery(model, request, served, instead);
      const version = apiVersion(call.parameters.get('Version') || model.version);
      return {
        action: call.operation.name,
        input: () => call.input({ listsNameTheirItems: false }),
        respond: (output, requestId) => respond(call.operation, version, output, requestId),
      };
    },
    refuse: ec2Error,
  };
}

/** An action whose result has no members answers `<return>true</return>`. */
function respond(
  operation: OperationModel,
  version: string,
  output: unknown,
  requestId: string,
): WireResponse {
  const result = operation.output ? writeMembers(operation.output, output ?? {}) : '<return>true</return>';
  const root = `${operation.name}Response`;
  return {
    status: 200,
    headers: xmlHeaders,
    body: `${xmlDeclaration}<${root} xmlns="http://ec2.amazonaws.com/doc/${version}/"><requestId>${requestId}</requestId>${result}</${root}>`,
  };
}

/** `RequestID` differs from `requestId` above, and there is no namespace: so it is at AWS. */
function ec2Error(error: ApiError, requestId: string): WireResponse {
  const { code, message, status } = error;
  return {
    status,
    headers: xmlHeaders,
    body: `${xmlDeclaration}<Response><Errors><Error><Code>${escapeText(code)}</Code><Message>${escapeText(message)}</Message></Error></Errors><RequestID>${requestId}</RequestID></Response>`,
  };
}

/** Old tools send the date of the API they were made for (2009 to 2016) and expect its namespace back. */
function apiVersion(text: string): string {
  if (/^20\d\d-\d\d-\d\d$/.test(text)) return text;
  throw invalidParameterValue(`Value (${shown(text)}) for parameter Version is invalid. Expecting a date.`);
}
