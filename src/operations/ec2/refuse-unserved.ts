import { unsupportedOperation } from '../../domain/errors.ts';
import { means } from './launch-parameters.ts';

/**
 * Refuses parameters that ask for what is not served; those that ask for nothing (empty, false, 0) pass.
 * @param remedy what to do instead
 * @throws UnsupportedOperation naming the parameter
 */
export function refuseUnserved<Input extends object>(
  input: Input,
  names: readonly (keyof Input & string)[],
  remedy: string,
): void {
  const name = names.find(one => means(input[one]));
  if (name !== undefined) throw unsupportedOperation(`The parameter ${name} is not supported. ${remedy}`);
}
