import { ApiError } from '../../domain/errors.ts';
import { matcher } from '../../domain/filters.ts';
import { instanceTypeFilters } from '../../domain/instance-type-filters.ts';
import { instanceType, instanceTypes } from '../../domain/instance-types.ts';
import { page } from '../../domain/pages.ts';
import { operation } from './operation.ts';
import { presentInstanceType } from './present/instance-type.ts';

const byName = instanceTypes.toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html */
export const describeInstanceTypes = operation('DescribeInstanceTypes', async input => {
  const names: readonly string[] = input.InstanceTypes ?? [];
  const unknown = names.filter(name => !instanceType(name));
  if (unknown.length)
    throw new ApiError(
      'InvalidInstanceType',
      `The following supplied instance types do not exist: [${unknown.join(', ')}]`,
    );
  const asked = byName.filter(type => !names.length || names.includes(type.name));
  const { items, NextToken } = page(
    asked.filter(matcher(input.Filters, instanceTypeFilters)),
    type => type.name,
    {
      ...input,
      action: 'DescribeInstanceTypes',
      least: 5,
      most: 100,
      ids: { given: names.length > 0, set: 'instanceTypesSet' },
    },
  );
  return { InstanceTypes: items.map(presentInstanceType), NextToken };
});
