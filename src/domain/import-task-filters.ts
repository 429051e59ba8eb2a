import type { FilterTable } from './filters.ts';
import type { ImportSnapshotTask } from './import-task.ts';

/** AWS documents none for snapshots but those on tags; for images `task-state`, which is served here too. */
export const importTaskFilters: FilterTable<ImportSnapshotTask> = {
  'task-state': task => task.state,
};
