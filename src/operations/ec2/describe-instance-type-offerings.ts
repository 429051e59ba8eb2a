import type * as sdk from '@aws-sdk/client-ec2';
import { type FilterTable, matcher } from '../../domain/filters.ts';
import { instanceTypes } from '../../domain/instance-types.ts';
import { zoneId } from '../../domain/network-zones.ts';
import { oneOf } from '../../domain/one-of.ts';
import { page } from '../../domain/pages.ts';
import { operation } from './operation.ts';

interface Offering {
  type: string;
  location: string;
}

const filters: FilterTable<Offering> = {
  'instance-type': ({ type }) => type,
  location: ({ location }) => location,
};

/**
 * Every type is offered everywhere.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html
 */
export const describeInstanceTypeOfferings = operation(
  'DescribeInstanceTypeOfferings',
  async (input, { region }) => {
    const kinds = ['region', 'availability-zone', 'availability-zone-id', 'outpost'] as const;
    const kind = oneOf('LocationType', input.LocationType, kinds) ?? 'region';
    const locations = {
      region: [region.name],
      'availability-zone': region.zones,
      'availability-zone-id': region.zones.map(zoneId),
      outpost: [],
    }[kind];
    const offerings = instanceTypes
      .flatMap(({ name }) => locations.map((location): Offering => ({ type: name, location })))
      .filter(matcher(input.Filters, filters))
      .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
    const { items, NextToken } = page(offerings, orderOf, {
      ...input,
      action: 'DescribeInstanceTypeOfferings',
      least: 5,
      most: 1000,
    });
    return {
      InstanceTypeOfferings: items.map(({ type, location }) => ({
        InstanceType: type as sdk._InstanceType,
        LocationType: kind,
        Location: location,
      })),
      NextToken,
    };
  },
);

const orderOf = ({ type, location }: Offering) => `${type}/${location}`;
