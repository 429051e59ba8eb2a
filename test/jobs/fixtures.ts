import { runInstances } from '../../src/operations/ec2/run-instances.ts';
import { imageId, putImage, snapshotId } from '../operations/ec2/launch-fixtures.ts';
import { type JobRegion, putManifest } from './job-region.ts';

export { imageId, snapshotId };

/** Asks for an instance with an 8 GiB root, whose block 1 is all ones, and an empty 1 GiB volume that outlives it. */
export async function askForInstance(region: JobRegion, input: object = {}) {
  await putImage(region);
  await putManifest(region, snapshotId, { 1: 1 });
  const { Instances } = await region.call<{ Instances: { InstanceId: string }[] }>(runInstances, {
    ...{ ImageId: imageId, MinCount: 1, MaxCount: 1, InstanceType: 't3.micro' },
    BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 1, DeleteOnTermination: false } }],
    ...input,
  });
  const instanceId = Instances[0]!.InstanceId;
  const volumes = await region.records.read.volumes.list({ instanceId });
  const at = (device: string) => volumes.find(volume => volume.attachment!.device === device)!.volumeId;
  return { instanceId, root: at('/dev/sda1'), data: at('/dev/sdf') };
}

/** The same, once it runs. */
export async function launched(region: JobRegion, settle = () => region.settle(), input: object = {}) {
  const ids = await askForInstance(region, input);
  await settle();
  return ids;
}
