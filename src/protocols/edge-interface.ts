/** What the edge needs from the program that starts it, and gives to it. */
import type { Caller } from '../domain/account.ts';
import type { Log } from '../log.ts';
import type { Context } from '../operations/context.ts';
import type { Operation } from '../operations/operation.ts';
import type { ServiceName } from './services.ts';

export interface EdgeOptions {
  readonly services: Readonly<Record<ServiceName, readonly Operation[]>>;
  /** The configured regions; the first answers for STS calls signed for any other. */
  readonly regions: readonly string[];
  /** The secret and the owner of an access key, or undefined for an unknown one. */
  authenticate(accessKeyId: string): Promise<{ secret: string; caller: Caller } | undefined>;
  /** Undefined for a region that is not configured. */
  contextFor(region: string, caller: Caller, requestId: string): Context | undefined;
  /** What anybody may fetch without a signature: a text by its path. */
  published?(path: string): string | undefined;
  /** Called after every action that may have changed something, e.g. to wake the region's job runner. */
  afterChange?(region: string): void;
  /** Told of every call, in one line. No secret, signature or parameter is ever in it. */
  readonly log: Log;
  clock(): Date;
}

export interface Edge {
  /** Port 0 picks a free one. */
  listen(host: string, port: number): Promise<{ host: string; port: number }>;
  /** Refuses new requests and resolves when those under way are answered. */
  close(): Promise<void>;
}
