/** What went wrong, in one sentence that says what to do. */
export class Refusal extends Error {
  override name = 'Refusal';
}

/** Turns whatever was thrown into one sentence for a person. */
export function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = codeOf(error);
  if (code === 'ECONNREFUSED')
    return 'No server answers there: start one with `npm run up`, or name one with AWS_ENDPOINT_URL or --data.';
  if ('$fault' in error) return `the server answered ${error.name}: ${error.message}`;
  return waiterReason(error.message) ?? (error.message || code || error.name);
}

/** The SDK's waiters give all they have seen as JSON: of a resource that failed, its own reason is what matters. */
function waiterReason(message: string): string | undefined {
  if (!message.startsWith('{"state":')) return undefined;
  const reason = /"StateReason":\{[^{}]*"Message":"((?:[^"\\]|\\.)*)"/.exec(message)?.[1];
  return reason ?? 'What was waited for did not come about: `aws ec2 describe-instances` tells its state.';
}

/** A connection refused on several addresses comes as an AggregateError whose causes carry the code. */
function codeOf(error: Error): string | undefined {
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return error.errors.map(codeOf).find(code => code !== undefined);
  return error.cause instanceof Error ? codeOf(error.cause) : undefined;
}
