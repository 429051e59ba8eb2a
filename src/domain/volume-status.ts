import type { FilterTable } from './filters.ts';
import type { Volume } from './volume.ts';

/** What the checks of a volume say: they have nothing to say until it is there, and once it could not be made. */
export interface VolumeStatus {
  status: 'ok' | 'insufficient-data';
  details: { name: 'io-enabled' | 'io-performance'; status: string }[];
}

/** Volumes that are going have no checks. */
export const isChecked = ({ state }: Volume): boolean => state !== 'deleting' && state !== 'deleted';

export function volumeStatus({ state }: Volume): VolumeStatus {
  const isThere = state === 'available' || state === 'in-use';
  return {
    status: isThere ? 'ok' : 'insufficient-data',
    details: [
      { name: 'io-enabled', status: isThere ? 'passed' : 'insufficient-data' },
      { name: 'io-performance', status: 'not-applicable' },
    ],
  };
}

/** Filters about events and the actions they call for: a volume here has neither. */
const unanswered = [
  'action.code',
  'action.description',
  'action.event-id',
  'event.description',
  'event.event-id',
  'event.event-type',
  'event.not-after',
  'event.not-before',
];

/** DescribeVolumeStatus' filters. */
export const volumeStatusFilters: FilterTable<Volume> = {
  'availability-zone': volume => volume.availabilityZone,
  'volume-status.details-name': volume => volumeStatus(volume).details.map(detail => detail.name),
  'volume-status.details-status': volume => volumeStatus(volume).details.map(detail => detail.status),
  'volume-status.status': volume => volumeStatus(volume).status,
  ...Object.fromEntries(unanswered.map(name => [name, () => undefined])),
};
