import type { QmpClient } from '../qmp/client.ts';
import { QmpError } from '../qmp/client.ts';
import type { DirtyBitmap } from './bitmaps.ts';

/** What a storage daemon holds at this moment. */
export interface BlockGraph {
  /** Node name to size in bytes. */
  nodes: ReadonlyMap<string, number>;
  exports: ReadonlySet<string>;
  /** Job id to status: https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html (JobStatus). */
  jobs: ReadonlyMap<string, string>;
  /** The dirty bitmaps of a node, unnamed ones of jobs left out. */
  bitmaps(node: string): DirtyBitmap[];
}

type NodeInfo = {
  'node-name'?: string;
  image: { 'virtual-size': number };
  'dirty-bitmaps'?: Array<Partial<DirtyBitmap>>;
};

export async function readGraph(qmp: QmpClient): Promise<BlockGraph> {
  const [nodes, exports, jobs] = await Promise.all([
    qmp.execute<NodeInfo[]>('query-named-block-nodes', { flat: true }),
    qmp.execute<Array<{ id: string }>>('query-block-exports'),
    qmp.execute<Array<{ id: string; status: string }>>('query-jobs'),
  ]);
  const byName = new Map(nodes.map(node => [node['node-name'], node]));
  return {
    nodes: new Map(nodes.map(node => [node['node-name'] ?? '', node.image['virtual-size']])),
    exports: new Set(exports.map(({ id }) => id)),
    jobs: new Map(jobs.map(({ id, status }) => [id, status])),
    bitmaps: node =>
      (byName.get(node)?.['dirty-bitmaps'] ?? []).flatMap(
        ({ name, recording = false, inconsistent = false, count = 0 }) =>
          name === undefined ? [] : { name, recording, inconsistent, count },
      ),
  };
}

/** Ends an export, with whoever still reads it. */
export async function removeExport(qmp: QmpClient, id: string): Promise<void> {
  await qmp.executeUntil(
    event => event.name === 'BLOCK_EXPORT_DELETED' && event.data.id === id,
    'block-export-del',
    { id, mode: 'hard' },
  );
}

/** Ends a job in whatever state it is, and forgets it. */
export async function removeJob(qmp: QmpClient, id: string, status: string): Promise<void> {
  if (status !== 'concluded')
    await qmp.executeUntil(
      ({ name, data }) => name === 'JOB_STATUS_CHANGE' && data.id === id && data.status === 'concluded',
      'job-cancel',
      { id },
    );
  await qmp.execute('job-dismiss', { id });
}

/** Removes bitmaps of a node; one that went in between is no error. */
export async function removeBitmaps(qmp: QmpClient, node: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    try {
      await qmp.execute('block-dirty-bitmap-remove', { node, name });
    } catch (error) {
      if (!(error instanceof QmpError && error.message.includes('not found'))) throw error;
    }
  }
}
