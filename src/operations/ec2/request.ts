/** What many actions ask of their input. On the wire an empty string means "absent" (Packer sends many). */
import { invalidParameterCombination, missingParameter } from '../../domain/errors.ts';
import { checkId, type IdPrefix } from '../../domain/ids.ts';

/** @throws MissingParameter named as on the wire. */
export function required<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined || value === '') throw missingParameter(name);
  return value;
}

/** Well-formed ids without repetition. @throws `Invalid…ID.Malformed`; MissingParameter for an instance's that is empty */
export function idList(prefix: IdPrefix, ids: readonly string[] | undefined): string[] {
  if (prefix === 'i' && ids?.includes('')) throw missingParameter('InstanceId');
  return [...new Set(ids ?? [])].map(id => checkId(prefix, id));
}

/** An optional id; empty is absent. @throws `Invalid…ID.Malformed` */
export function optionalId(prefix: IdPrefix, id: string | undefined): string | undefined {
  return id ? checkId(prefix, id) : undefined;
}

/** The VPC family's wording of "ids or pages, not both" (spec W11). @throws InvalidParameterCombination */
export function idsOrPages(name: string, ids: readonly string[], MaxResults: number | undefined): void {
  if (ids.length && MaxResults !== undefined)
    throw invalidParameterCombination(`The parameter ${name} cannot be used with the parameter MaxResults`);
}
