/** Every kind of job and what it is told. The subject is named beside it. */
export interface JobInputs {
  /** Subject: the instance. Makes its volumes, plugs it into its VPC, runs it. Also starts a stopped one. */
  'launch-instance': { instanceId: string };
  /** Subject: the instance. `hibernate`: its memory is kept, if that can be. */
  'stop-instance': { instanceId: string; force: boolean; hibernate?: true };
  /** Subject: the instance. */
  'reboot-instance': { instanceId: string };
  /** Subject: the instance. Makes the task's volume, and boots the instance from it. */
  'replace-root-volume': { replaceRootVolumeTaskId: string };
  /** Subject: the instance. Volumes with DeleteOnTermination go with it. `force`: its guest is not asked. */
  'terminate-instance': { instanceId: string; force?: true };
  /** Subject: the instance. Restarts a guest whose process, or whose volumes' process, died. */
  'recover-instance': { instanceId: string; reason: string };
  /** Subject: the instance. Freezes the volumes whose snapshots stand, pending, in the image's mapping. */
  'create-image': { imageId: string; instanceId: string; reboot: boolean };
  /** Subject: the instance a volume is attached to, else the volume. Freezes all at one moment. */
  'create-snapshots': { snapshotIds: string[] };
  /** Subject: the first snapshot. Stores frozen views block by block; images whose snapshots are all there get available. */
  'store-snapshots': { views: FrozenViewName[]; holderId: string };
  /**
   * Subject: the snapshot, which is the copy. `imageId` names the image it is copied for, which waits for it. The source
   * may be gone when its key is asked for.
   */
  'copy-snapshot': {
    snapshotId: string;
    sourceSnapshotId: string;
    sourceKmsKeyId?: string;
    imageId?: string;
  };
  /**
   * Subject: the snapshot, whose record is gone. An upload to it (the write session of its id) is aborted; its manifest
   * goes once no volume stands on it and no pending snapshot names it as its parent.
   */
  'delete-snapshot': { snapshotId: string };
  /** Subject: the import task. Its disk is fetched and stored; a canceled task is cleared away. */
  'import-snapshot': { importTaskId: string };
  /** Subject: `fast-restores/` and the snapshot, so that nothing else about it waits. In all zones, for all accounts. */
  'fast-snapshot-restores': { snapshotId: string };
  /** Subject: the volume. Makes a `creating` volume's overlay. */
  'create-volume': { volumeId: string };
  /** Subject: the volume. Plugs an `attaching` volume into its instance's guest, if that runs. */
  'attach-volume': { volumeId: string; instanceId: string };
  /** Subject: the volume. Takes a `detaching` or `busy` volume from its instance's guest; by force even if that holds it. */
  'detach-volume': { volumeId: string; instanceId: string; force: boolean };
  /** Subject: the network interface. Plugs an `attaching` one into its instance's guest, if that runs. */
  'attach-network-interface': { networkInterfaceId: string; instanceId: string };
  /** Subject: the network interface. Takes a `detaching` one from its instance's guest; by force even if that holds it. */
  'detach-network-interface': { networkInterfaceId: string; instanceId: string; force: boolean };
  /** Subject: the instance a volume is attached to, else the volume. Brings the overlay to the record's size. */
  'modify-volume': { volumeId: string };
  /** Subject: the volume. */
  'delete-volume': { volumeId: string };
  /** Subject: the report. */
  'report-image-usage': { reportId: string };
  /** Subject: the VPC. Brings rules, addresses and metadata of its guests to what the records say. */
  'apply-vpc': { vpcId: string };
}

/** Which volume was frozen for which snapshot. */
export interface FrozenViewName {
  snapshotId: string;
  volumeId: string;
}

export type JobName = keyof JobInputs;
