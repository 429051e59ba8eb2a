/** ClientToken: a repeated request gets the answer of the first, and a token is never used for two different ones. */
import { createHash } from 'node:crypto';
import { ApiError, invalidParameterValue } from '../domain/errors.ts';
import type { RegionWriter } from '../stores/records/database.ts';
import type { Context } from './context.ts';

/** The resource an earlier call with this token and the same arguments made; undefined the first time. */
export async function replayed(
  records: RegionWriter,
  context: Context,
  action: string,
  input: { ClientToken?: string },
  longest = 64,
): Promise<string | undefined> {
  if (!input.ClientToken) return undefined;
  checkToken(input.ClientToken, longest);
  const before = await records.clientTokens.get(idOf(context, action, input.ClientToken));
  if (!before) return undefined;
  if (before.inputDigest !== digestOf(input))
    throw new ApiError(
      'IdempotentParameterMismatch',
      'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
    );
  return before.resourceId;
}

/** Remembers what the call made, in the transaction that makes it. */
export async function remember(
  records: RegionWriter,
  context: Context,
  action: string,
  input: { ClientToken?: string },
  resourceId: string,
): Promise<void> {
  if (!input.ClientToken) return;
  await records.clientTokens.put({
    id: idOf(context, action, input.ClientToken),
    accountId: context.caller.accountId,
    inputDigest: digestOf(input),
    resourceId,
    createTime: context.now().toISOString(),
  });
}

function idOf(context: Context, action: string, token: string): string {
  return `${context.caller.accountId}/${action}/${token}`;
}

function checkToken(token: string, longest: number): void {
  if (token.length > longest || !/^[\x21-\x7e]+$/.test(token))
    throw invalidParameterValue(`The client token must be at most ${longest} printable ASCII characters`);
}

/** SHA-256 of the arguments, their names in order; neither the token nor DryRun is one. */
function digestOf(input: object): string {
  const {
    ClientToken: _token,
    DryRun: _dryRun,
    ...rest
  } = input as { ClientToken?: string; DryRun?: boolean };
  return createHash('sha256').update(JSON.stringify(rest, inOrder)).digest('hex');
}

function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
