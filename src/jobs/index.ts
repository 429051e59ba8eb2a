import { applyVpcJob } from './apply-vpc.ts';
import { attachNetworkInterface } from './attach-network-interface.ts';
import { attachVolume } from './attach-volume.ts';
import { copySnapshot } from './copy-snapshot.ts';
import { createImage } from './create-image.ts';
import { createSnapshots } from './create-snapshots.ts';
import { createVolume } from './create-volume.ts';
import { deleteSnapshot } from './delete-snapshot.ts';
import { deleteVolume } from './delete-volume.ts';
import { detachNetworkInterface } from './detach-network-interface.ts';
import { detachVolume } from './detach-volume.ts';
import { fastSnapshotRestores } from './fast-snapshot-restores.ts';
import { importSnapshot } from './import-snapshot.ts';
import { launchInstance } from './launch-instance.ts';
import { modifyVolume } from './modify-volume.ts';
import { rebootInstance } from './reboot-instance.ts';
import { recoverInstance } from './recover-instance.ts';
import { replaceRootVolume } from './replace-root-volume.ts';
import { reportImageUsage } from './report-image-usage.ts';
import { stopInstance } from './stop-instance.ts';
import { storeSnapshots } from './store-snapshots.ts';
import { terminateInstance } from './terminate-instance.ts';

export const jobKinds = [
  applyVpcJob,
  attachNetworkInterface,
  attachVolume,
  copySnapshot,
  createImage,
  createSnapshots,
  createVolume,
  deleteSnapshot,
  deleteVolume,
  detachNetworkInterface,
  detachVolume,
  importSnapshot,
  fastSnapshotRestores,
  launchInstance,
  modifyVolume,
  rebootInstance,
  recoverInstance,
  replaceRootVolume,
  reportImageUsage,
  stopInstance,
  storeSnapshots,
  terminateInstance,
];
