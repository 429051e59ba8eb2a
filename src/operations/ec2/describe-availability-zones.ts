import { invalidParameterValue } from '../../domain/errors.ts';
import { type FilterTable, matcher } from '../../domain/filters.ts';
import { invalidZone } from '../../domain/network-errors.ts';
import { zoneId } from '../../domain/network-zones.ts';
import { operation } from './operation.ts';

interface Zone {
  name: string;
  id: string;
  region: string;
}

/** There are no Local Zones: those filters that ask for a parent or a message match nothing. */
const filters: FilterTable<Zone> = {
  'group-long-name': () => undefined,
  'group-name': zone => groupName(zone),
  message: () => undefined,
  'opt-in-status': () => 'opt-in-not-required',
  'parent-zone-id': () => undefined,
  'parent-zone-name': () => undefined,
  'region-name': zone => zone.region,
  state: () => 'available',
  'zone-id': zone => zone.id,
  'zone-name': zone => zone.name,
  'zone-type': () => 'availability-zone',
};

const groupName = (zone: Zone) => `${zone.region}-zg-1`;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html */
export const describeAvailabilityZones = operation('DescribeAvailabilityZones', async (input, context) => {
  const { zones, name: region } = context.region;
  const all = zones.map(name => ({ name, id: zoneId(name), region }));
  const names = input.ZoneNames ?? [];
  const ids = input.ZoneIds ?? [];
  const unknownName = names.find(name => !all.some(zone => zone.name === name));
  if (unknownName !== undefined) throw invalidZone(unknownName);
  const unknownId = ids.find(id => !all.some(zone => zone.id === id));
  if (unknownId !== undefined) throw invalidParameterValue(`Invalid availability zone-id: [${unknownId}]`);
  return {
    AvailabilityZones: all
      .filter(zone => !names.length || names.includes(zone.name))
      .filter(zone => !ids.length || ids.includes(zone.id))
      .filter(matcher(input.Filters, filters))
      .map(zone => ({
        ZoneName: zone.name,
        ZoneId: zone.id,
        RegionName: region,
        State: 'available' as const,
        ZoneType: 'availability-zone',
        GroupName: groupName(zone),
        NetworkBorderGroup: region,
        OptInStatus: 'opt-in-not-required' as const,
        Messages: [],
      })),
  };
});
