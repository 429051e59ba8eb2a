import { dryRunOperation } from '../domain/errors.ts';
import type { RegionDatabase } from '../stores/records/database.ts';
import type { Context } from './context.ts';

/** One API action. A service's `index.ts` lists them; a protocol runs them. */
export interface Operation {
  readonly name: string;
  run(input: unknown, context: Context): Promise<unknown>;
}

/**
 * Binds the typed `operation('Name', run)` of a service to its generated `Actions` interface,
 * whose members are `[Request, Result]` by action name.
 */
export function operationsOf<Actions extends { [Name in keyof Actions]: [unknown, unknown] }>() {
  return function operation<Name extends keyof Actions & string>(
    name: Name,
    run: (input: Actions[Name][0], context: Context) => Promise<Actions[Name][1]>,
  ): Operation {
    return { name, run: (input, context) => run(input as Actions[Name][0], context) };
  };
}

/**
 * Runs an operation. With `DryRun` everything is checked and nothing happens: the transaction that would have written is
 * rolled back, and `DryRunOperation` (412) says that it would have succeeded (spec W7).
 */
export async function runOperation(operation: Operation, input: unknown, context: Context): Promise<unknown> {
  if (!isDryRun(input)) return operation.run(input, context);
  await operation.run(input, { ...context, records: rollingBack(context.records) });
  throw dryRunOperation();
}

function isDryRun(input: unknown): boolean {
  return typeof input === 'object' && input !== null && 'DryRun' in input && input.DryRun === true;
}

function rollingBack(records: RegionDatabase): RegionDatabase {
  return {
    ...records,
    transaction: work =>
      records.transaction(async writer => {
        await work(writer);
        throw dryRunOperation();
      }),
  };
}
