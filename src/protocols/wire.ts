/** What every wire protocol takes and gives: a request and an answer as bytes, and a call read from them. */
import type { ApiError } from '../domain/errors.ts';

export interface WireRequest {
  readonly method: string;
  /** Path and query string exactly as sent, still percent-encoded; the query without its `?`. */
  readonly path: string;
  readonly query: string;
  /** Lower-case names; a repeated header's values are joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** A request understood as far as its action, which the service may or may not serve. */
export interface Call {
  readonly action: string;
  /** Reads the typed input, which has the members of the action's request in the AWS reference. */
  input(): unknown;
  /** Writes the action's result. */
  respond(output: unknown, requestId: string): WireResponse;
}

/** The names of the actions that a service answers. */
export type ServedActions = { has(action: string): boolean };

export interface Protocol {
  /** Finds the action; throws an `ApiError` if there is none, or it is not one of `served`. */
  open(request: WireRequest, served: ServedActions): Call;
  refuse(error: ApiError, requestId: string): WireResponse;
}
