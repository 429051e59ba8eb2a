import type { Operation } from '../operation.ts';
import { createImage } from './create-image.ts';
import { createSnapshot } from './create-snapshot.ts';
import { createTags } from './create-tags.ts';
import { deleteSnapshot } from './delete-snapshot.ts';
import { deleteTags } from './delete-tags.ts';
import { deregisterImage } from './deregister-image.ts';
import { describeImageAttribute } from './describe-image-attribute.ts';
import { describeImages } from './describe-images.ts';
import { describeSnapshots } from './describe-snapshots.ts';
import { describeTags } from './describe-tags.ts';
import { describeVolumes } from './describe-volumes.ts';
import { modifyImageAttribute } from './modify-image-attribute.ts';
import { registerImage } from './register-image.ts';
import { resetImageAttribute } from './reset-image-attribute.ts';

/** Every action of the service `ec2`. */
export const operations: Operation[] = [
  // Images
  createImage,
  deregisterImage,
  describeImageAttribute,
  describeImages,
  modifyImageAttribute,
  registerImage,
  resetImageAttribute,
  // Snapshots
  createSnapshot,
  deleteSnapshot,
  describeSnapshots,
  // Volumes
  describeVolumes,
  // Tags
  createTags,
  deleteTags,
  describeTags,
];
