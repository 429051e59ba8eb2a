/** A volume to hold open: its overlay, above the manifest of `snapshotId` where it has one. */
export interface VolumeSpec {
  volumeId: string;
  /** Bytes. */
  size: number;
  snapshotId?: string;
}

/** Where a guest finds an open volume: a writable NBD export on a unix socket. */
export interface OpenVolume {
  volumeId: string;
  socketPath: string;
  exportName: string;
}

/** A volume that can be read by offset. */
export interface ReadableDisk {
  /** Bytes. */
  readonly size: number;
  /** Exactly `length` bytes, which end within the volume. */
  readAt(offset: number, length: number): Promise<Buffer>;
}

export interface Extent {
  offset: number;
  length: number;
}

/** One volume as it was at the moment of a freeze. Outside `changed()` it equals the manifest of `base`. */
export interface FrozenVolume {
  readonly volumeId: string;
  /** Bytes. */
  readonly size: number;
  /** The snapshot it is to become. */
  readonly snapshotId: string;
  /** The snapshot the changes are relative to; undefined: relative to zeroes. */
  readonly base: string | undefined;
  /** Extents that may differ from `base`, ascending. */
  changed(): Promise<Extent[]>;
  read(offset: number, length: number): Promise<Buffer>;
  /** The snapshot is durable: the next freeze may be relative to it. Releases the view. */
  commit(): Promise<void>;
  /** The snapshot failed: nothing that changed is forgotten. Releases the view. */
  abandon(): Promise<void>;
}

/**
 * The volumes of a region. A *holder* keeps volumes open in one process (one per instance, so that a freeze spans all
 * of its volumes); it outlives the server. Every method may be repeated.
 */
export interface Disks {
  /** Makes the volume's empty overlay; no bytes are copied. */
  create(volume: VolumeSpec): Promise<void>;
  /**
   * Grows the volume's overlay to `volume.size`; what is new reads as zeroes. One of that size already is left alone,
   * open or not; another one must not be open. @throws when it is larger: no volume shrinks.
   */
  resize(volume: VolumeSpec): Promise<void>;
  /**
   * The same for a volume that is open for `holderId`. Its export is ended and made anew, whatever becomes of it: whoever
   * reads it must wait, and connect again. @throws also while it is frozen.
   */
  resizeOpen(holderId: string, volume: VolumeSpec): Promise<void>;
  delete(volumeId: string): Promise<void>;
  /** Opens volumes for `holderId`, or finds them open already. */
  open(holderId: string, volumes: readonly VolumeSpec[]): Promise<OpenVolume[]>;
  /** Flushes and closes; dirty bitmaps are kept. */
  close(holderId: string): Promise<void>;
  /** The same for one of its volumes; the others stay open. @throws while it is frozen. */
  closeVolume(holderId: string, volumeId: string): Promise<void>;
  isOpen(holderId: string): Promise<boolean>;
  /** Lets `look` read a volume that is open for `holderId`, beside whoever uses it. @throws when it is not open */
  inspect<T>(holderId: string, volumeId: string, look: (disk: ReadableDisk) => Promise<T>): Promise<T>;
  /**
   * Freezes volumes of an open holder at one point in time, each for the snapshot it is to become. A freeze that is
   * already there for the same snapshot ids is found again (the server died in between).
   * `hasManifest` tells whether a snapshot can still serve as base.
   */
  freeze(
    holderId: string,
    targets: ReadonlyArray<{ volume: VolumeSpec; snapshotId: string }>,
    hasManifest: (snapshotId: string) => Promise<boolean>,
  ): Promise<FrozenVolume[]>;
  /** Whether the frozen views for these snapshots still exist in the holder. */
  isFrozen(holderId: string, snapshotIds: readonly string[]): Promise<boolean>;
  /** Brings blocks of a snapshot to where volumes made from it are read from; as far as there is room. @throws without it */
  warm(snapshotId: string, blocks: readonly number[]): Promise<void>;
  /** Volume ids whose overlay exists. */
  list(): Promise<string[]>;
  /** Holder ids whose process is alive. */
  holders(): Promise<string[]>;
  /** Called when a holder's process dies by itself: a power failure for its guest. */
  onLost(listener: (holderId: string) => void): void;
}
