import { invalidParameterValue } from './errors.ts';

/** One of the values, or undefined where none is given; an empty string gives none. @throws InvalidParameterValue */
export function oneOf<Value extends string>(
  name: string,
  value: string | undefined,
  values: readonly Value[],
): Value | undefined {
  if (!value) return undefined;
  const found = values.find(one => one === value);
  if (found === undefined)
    throw invalidParameterValue(
      `Value (${value}) for parameter ${name} is invalid. Valid values: ${values.join(', ')}.`,
    );
  return found;
}
