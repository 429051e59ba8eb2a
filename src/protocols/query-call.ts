/** What both query protocols do to find the action. */
import { ApiError } from '../domain/errors.ts';
import { shown } from './characters.ts';
import type { Model, OperationModel } from './model.ts';
import { type QueryStyle, readQueryInput } from './query-input.ts';
import { isProtocolParameter, type Parameters, parameterTree, readParameters } from './query-parameters.ts';
import type { ServedActions, WireRequest } from './wire.ts';

export interface QueryCall {
  readonly operation: OperationModel;
  readonly parameters: Parameters;
  input(style: QueryStyle): unknown;
}

/** What to do instead of an action that is not served, for those of which there is something to say. */
export type Instead = Readonly<Record<string, string>>;

/** Throws `MissingAction`, and `InvalidAction` for all that is not served: an unserved action must never seem to succeed. */
export function openQuery(
  model: Model,
  request: WireRequest,
  served: ServedActions,
  instead: Instead = {},
): QueryCall {
  const parameters = readParameters(request);
  const action = parameters.get('Action');
  if (!action) throw new ApiError('MissingAction', 'The request must contain the parameter Action');
  const operation = served.has(action) ? model.operation(action) : undefined;
  if (!operation) {
    const refusal = `The action ${shown(action)} is not valid for this web service.`;
    const remedy = Object.hasOwn(instead, action) ? ` ${instead[action]}` : '';
    throw new ApiError('InvalidAction', `${refusal}${remedy}`);
  }
  return {
    operation,
    parameters,
    input: style => readQueryInput(operation.input, parameterTree(parameters, isProtocolParameter), style),
  };
}
