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
