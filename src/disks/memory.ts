import { blockSize } from '../domain/manifest.ts';
import type { Disks, FrozenVolume, VolumeSpec } from './disk.ts';
import { joined } from './extents.ts';

const cluster = 64 * 1024;

type Clusters = Map<number, Buffer>;

interface MemoryVolume {
  spec: VolumeSpec;
  overlay: Clusters;
  /** Clusters written since the freeze for each snapshot. */
  since: Map<string, Set<number>>;
}

interface View {
  holderId: string;
  frozen: FrozenVolume;
}

export interface MemoryDisks extends Disks {
  /** Writes as a guest would. */
  write(volumeId: string, offset: number, data: Buffer): Promise<void>;
  /** Reads as a guest would. */
  read(volumeId: string, offset: number, length: number): Promise<Buffer>;
  /** The holder's process dies by itself; what was recorded of its volumes' changes is lost. */
  lose(holderId: string): void;
}

/** Volumes in memory, for tests. `readSnapshot` answers the bytes of a volume's snapshot. */
export function createMemoryDisks(
  readSnapshot: (snapshotId: string, offset: number, length: number) => Promise<Buffer> = async (_, __, n) =>
    Buffer.alloc(n),
): MemoryDisks {
  const volumes = new Map<string, MemoryVolume>();
  const holders = new Map<string, Set<string>>();
  const views = new Map<string, View>();
  const listeners: Array<(holderId: string) => void> = [];

  const volumeOf = (volumeId: string) => {
    const volume = volumes.get(volumeId);
    if (!volume) throw new Error(`there is no volume ${volumeId}`);
    return volume;
  };

  /** A cluster of an overlay, or of the snapshot below it. */
  const readCluster = async ({ spec }: MemoryVolume, overlay: Clusters, index: number): Promise<Buffer> => {
    const own = overlay.get(index);
    if (own) return own;
    return spec.snapshotId === undefined
      ? Buffer.alloc(cluster)
      : readSnapshot(spec.snapshotId, index * cluster, Math.min(cluster, spec.size - index * cluster));
  };

  const readFrom = async (volume: MemoryVolume, overlay: Clusters, offset: number, length: number) => {
    const parts: Buffer[] = [];
    const first = Math.floor(offset / cluster);
    for (let index = first; index * cluster < offset + length; index++)
      parts.push(await readCluster(volume, overlay, index));
    return Buffer.concat(parts).subarray(offset - first * cluster, offset - first * cluster + length);
  };

  const closeHolder = (holderId: string) => {
    holders.delete(holderId);
    for (const [snapshotId, view] of views) if (view.holderId === holderId) views.delete(snapshotId);
  };

  const checkNotFrozen = (volumeId: string) => {
    for (const { frozen } of views.values())
      if (frozen.volumeId === volumeId) throw new Error(`${volumeId} is being read for a snapshot`);
  };

  const freezeOne = async (
    holderId: string,
    volumeId: string,
    snapshotId: string,
    hasManifest: (snapshotId: string) => Promise<boolean>,
  ): Promise<FrozenVolume> => {
    const volume = volumeOf(volumeId);
    const durable: string[] = [];
    for (const id of volume.since.keys()) if (await hasManifest(id)) durable.push(id);
    const [latest] = durable.sort((a, b) => volume.since.get(a)!.size - volume.since.get(b)!.size);
    const overlay = new Map(volume.overlay);
    const changed = latest === undefined ? overlay.keys() : volume.since.get(latest)!;
    const indexes = [...changed].sort((a, b) => a - b);
    volume.since.set(snapshotId, new Set());
    const release = () => views.delete(snapshotId);
    const frozen: FrozenVolume = {
      volumeId,
      size: volume.spec.size,
      snapshotId,
      base: latest ?? volume.spec.snapshotId,
      changed: async () =>
        joined(
          indexes.map(index => ({
            offset: index * cluster,
            length: Math.min(cluster, volume.spec.size - index * cluster),
          })),
        ),
      read: (offset, length) => readFrom(volume, overlay, offset, length),
      async commit() {
        if (views.get(snapshotId)?.frozen !== frozen) return;
        for (const id of volume.since.keys())
          if (id !== snapshotId && !views.has(id)) volume.since.delete(id);
        release();
      },
      async abandon() {
        if (views.get(snapshotId)?.frozen !== frozen) return;
        volume.since.delete(snapshotId);
        release();
      },
    };
    views.set(snapshotId, { holderId, frozen });
    return frozen;
  };

  return {
    async create(spec) {
      if (!volumes.has(spec.volumeId))
        volumes.set(spec.volumeId, { spec: { ...spec }, overlay: new Map(), since: new Map() });
    },
    async resize({ volumeId, size }) {
      const { spec } = volumeOf(volumeId);
      if (spec.size === size) return;
      if (spec.size > size) throw new Error(`${volumeId} cannot shrink from ${spec.size} to ${size} bytes`);
      for (const [holderId, ids] of holders)
        if (ids.has(volumeId)) throw new Error(`${volumeId} is open for ${holderId}`);
      spec.size = size;
    },
    async resizeOpen(holderId, { volumeId, size }) {
      if (!holders.get(holderId)?.has(volumeId)) throw new Error(`${volumeId} is not open for ${holderId}`);
      const { spec } = volumeOf(volumeId);
      if (spec.size > size) throw new Error(`${volumeId} cannot shrink from ${spec.size} to ${size} bytes`);
      checkNotFrozen(volumeId);
      spec.size = size;
    },
    async delete(volumeId) {
      volumes.delete(volumeId);
    },
    async open(holderId, specs) {
      const held = holders.get(holderId) ?? new Set();
      for (const { volumeId } of specs) {
        volumeOf(volumeId);
        for (const [other, ids] of holders)
          if (other !== holderId && ids.has(volumeId)) throw new Error(`${volumeId} is open for ${other}`);
        held.add(volumeId);
      }
      holders.set(holderId, held);
      return specs.map(({ volumeId }) => ({
        volumeId,
        socketPath: `/memory/${holderId}`,
        exportName: volumeId,
      }));
    },
    async close(holderId) {
      closeHolder(holderId);
    },
    async closeVolume(holderId, volumeId) {
      if (!holders.get(holderId)?.has(volumeId)) return;
      checkNotFrozen(volumeId);
      holders.get(holderId)!.delete(volumeId);
    },
    async inspect(holderId, volumeId, look) {
      if (!holders.get(holderId)?.has(volumeId)) throw new Error(`${volumeId} is not open for ${holderId}`);
      const volume = volumeOf(volumeId);
      const readAt = (offset: number, length: number) => readFrom(volume, volume.overlay, offset, length);
      return look({ size: volume.spec.size, readAt });
    },
    isOpen: async holderId => holders.has(holderId),
    async freeze(holderId, targets, hasManifest) {
      if (!holders.has(holderId)) throw new Error(`no volumes are open for ${holderId}`);
      const found = targets.flatMap(({ snapshotId }) => views.get(snapshotId)?.frozen ?? []);
      if (found.length === targets.length) return found;
      if (found.length > 0)
        throw new Error('some views exist and some cannot be frozen at a moment that has passed');
      return Promise.all(
        targets.map(({ volume, snapshotId }) =>
          freezeOne(holderId, volume.volumeId, snapshotId, hasManifest),
        ),
      );
    },
    isFrozen: async (holderId, snapshotIds) =>
      snapshotIds.every(snapshotId => views.get(snapshotId)?.holderId === holderId),
    warm: async (snapshotId, blocks) => {
      for (const index of blocks) await readSnapshot(snapshotId, index * blockSize, blockSize);
    },
    list: async () => [...volumes.keys()].sort(),
    holders: async () => [...holders.keys()],
    onLost: listener => void listeners.push(listener),
    async write(volumeId, offset, data) {
      const volume = volumeOf(volumeId);
      if (offset + data.length > volume.spec.size) throw new Error(`${volumeId} ends before that`);
      for (let done = 0; done < data.length; ) {
        const index = Math.floor((offset + done) / cluster);
        const within = (offset + done) % cluster;
        // Copied, never changed in place: frozen views share clusters.
        const bytes = Buffer.alloc(cluster);
        (await readCluster(volume, volume.overlay, index)).copy(bytes);
        done += data.copy(bytes, within, done);
        volume.overlay.set(index, bytes);
        for (const clusters of volume.since.values()) clusters.add(index);
      }
    },
    async read(volumeId, offset, length) {
      const volume = volumeOf(volumeId);
      return readFrom(volume, volume.overlay, offset, length);
    },
    lose(holderId) {
      for (const volumeId of holders.get(holderId) ?? []) volumes.get(volumeId)?.since.clear();
      closeHolder(holderId);
      for (const listener of listeners) listener(holderId);
    },
  };
}
