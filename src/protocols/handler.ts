/** A request's way through the edge: service, caller, region, action, answer; and every error's way back. */
import { randomUUID } from 'node:crypto';
import { ApiError, fail, internalError } from '../domain/errors.ts';
import type { Context } from '../operations/context.ts';
import { type Operation, runOperation } from '../operations/operation.ts';
import { callerOf, claimOf } from './authentication.ts';
import { shown } from './characters.ts';
import type { EdgeOptions } from './edge-interface.ts';
import {
  loadServices,
  type Service,
  type ServiceName,
  serviceNameOf,
  serviceNames,
  unknownService,
  unknownServiceProtocol,
} from './services.ts';
import { SignatureError } from './signature-v4.ts';
import type { Protocol, WireRequest, WireResponse } from './wire.ts';

/** Answers a request; never throws. `problem` is what already went wrong in receiving it. */
export type RequestHandler = (request: WireRequest, problem?: Error) => Promise<WireResponse>;

const textHeaders = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };

/** Filled while the request goes its way, and logged at its end. */
type Line = Record<string, string | number | undefined>;

export const tooLarge = (maxBytes: number) =>
  new ApiError('RequestEntityTooLarge', `The request body exceeds the limit of ${maxBytes} bytes`, 413);

export function requestHandler(options: EdgeOptions): RequestHandler {
  const services = loadServices();
  const served = Object.fromEntries(
    serviceNames.map(name => [
      name,
      new Map(options.services[name].map(operation => [operation.name, operation])),
    ]),
  ) as Record<ServiceName, Map<string, Operation>>;

  function contextOf(
    service: Service,
    region: string,
    find: (region: string) => Context | undefined,
  ): Context {
    const context = find(region) ?? (service.regional ? undefined : find(options.regions[0]!));
    return context ?? fail(unknownRegion(region, options.regions));
  }

  async function run(
    service: Service,
    request: WireRequest,
    context: Context,
    requestId: string,
    line: Line,
  ): Promise<WireResponse> {
    const operations = served[service.name];
    const call = service.protocol.open(request, operations);
    line.action = call.action;
    const output = await runOperation(operations.get(call.action)!, call.input(), context);
    if (service.regional && mayChange(call.action)) options.afterChange?.(context.region.name);
    return call.respond(output, requestId);
  }

  return async (request, problem) => {
    const requestId = randomUUID();
    const startedAt = performance.now();
    const line: Line = { requestId };
    let protocol: Pick<Protocol, 'refuse'> = unknownServiceProtocol;

    async function answer(): Promise<WireResponse> {
      const published = request.method === 'GET' ? options.published?.(request.path) : undefined;
      if (published !== undefined) return { status: 200, headers: textHeaders, body: published };
      const claim = claimOf(request);
      const name = serviceNameOf(request, claim instanceof SignatureError ? undefined : claim.service);
      line.service = shown(name);
      const service = Object.hasOwn(services, name) ? services[name as ServiceName] : undefined;
      if (!service) throw unknownService(name);
      protocol = service.protocol;
      if (problem) throw problem;
      if (request.body.length > service.maxBody) throw tooLarge(service.maxBody);
      const { caller, region } = await callerOf(claim, request, service, options);
      line.accountId = caller.accountId;
      const context = contextOf(service, region, name => options.contextFor(name, caller, requestId));
      line.region = context.region.name;
      return run(service, request, context, requestId, line);
    }

    function refusal(error: unknown): WireResponse {
      if (!(error instanceof ApiError))
        options.log.error('an operation failed', { ...line, error: describe(error) });
      const told = error instanceof ApiError ? error : internalError();
      line.code = told.code;
      return protocol.refuse(bounded(told), requestId);
    }

    const response = await answer().catch(refusal);
    const milliseconds = Math.round(performance.now() - startedAt);
    options.log.info('request', { ...line, status: response.status, milliseconds });
    return { ...response, headers: { ...response.headers, 'x-amzn-requestid': requestId } };
  };
}

/** Room for the thousand ids a request may name. */
const longestMessage = 32 * 1024;

/** What a request said of a megabyte is not given back whole. */
function bounded(error: ApiError): ApiError {
  const { code, message, status, reason } = error;
  if (message.length <= longestMessage) return error;
  return new ApiError(code, `${message.slice(0, longestMessage)}…`, status, { reason });
}

function unknownRegion(region: string, regions: readonly string[]): ApiError {
  const message = `The region ${shown(region)} is not served here; served are ${regions.join(', ')}`;
  return new ApiError('InvalidRegion', message);
}

function mayChange(action: string): boolean {
  return !/^(Describe|Get|List)/.test(action);
}

/** Stack and causes, a few of them. Only these: an error's own properties may hold the values of a query. */
function describe(error: unknown, causes = 5): string {
  if (!(error instanceof Error)) return `thrown: ${typeof error}`;
  const stack = error.stack ?? error.message;
  const cause = error.cause && causes > 0 ? `\ncaused by: ${describe(error.cause, causes - 1)}` : '';
  return `${stack.slice(0, 4096)}${cause}`;
}
