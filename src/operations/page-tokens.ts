/** Tokens that go on with a listing: sealed, and good for the same caller and the same question only. */
import { createHash } from 'node:crypto';
import { invalidNextToken } from '../domain/pages.ts';
import type { Context } from './context.ts';

interface Paged {
  MaxResults?: number;
  NextToken?: string;
  DryRun?: boolean;
}

/** `after` is where the page begins, undefined for the first. @throws InvalidNextToken */
export function pageTokens(
  context: Context,
  action: string,
  input: Paged,
): { after: string | undefined; seal(after: string): string } {
  const { MaxResults: _size, NextToken, DryRun: _dryRun, ...question } = input;
  const digest = createHash('sha256')
    .update(JSON.stringify(Object.entries(question).sort()))
    .digest('base64');
  const purpose = `${action} ${context.caller.accountId} ${digest}`;
  return {
    after: NextToken ? opened(context, purpose, NextToken) : undefined,
    seal: after => context.tokens.seal(purpose, after),
  };
}

function opened(context: Context, purpose: string, token: string): string {
  const after = context.tokens.open(purpose, token);
  if (after === undefined) throw invalidNextToken(token);
  return after;
}
