import type { FilterTable } from './filters.ts';
import type { Volume } from './volume.ts';

/** The filters of DescribeVolumesModifications. No volume is attached to more than one instance. */
export const volumeModificationFilters: FilterTable<Volume> = {
  'modification-state': ({ modification }) => modification?.state,
  'original-iops': ({ modification }) => modification?.original.iops,
  'original-size': ({ modification }) => modification?.original.volumeSize,
  'original-volume-type': ({ modification }) => modification?.original.volumeType,
  originalMultiAttachEnabled: () => false,
  'start-time': ({ modification }) => modification?.startTime,
  'target-iops': ({ modification }) => modification?.target.iops,
  'target-size': ({ modification }) => modification?.target.volumeSize,
  'target-volume-type': ({ modification }) => modification?.target.volumeType,
  targetMultiAttachEnabled: () => false,
  'volume-id': volume => volume.volumeId,
};
