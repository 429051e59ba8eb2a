import { rm } from 'node:fs/promises';
import * as ec2 from '@aws-sdk/client-ec2';
import { sentence } from '../errors.ts';
import type { Stage } from './cloud.ts';

/** Removes everything the demo made, as far as it came. Goes on after a failure; returns what could not be removed. */
export async function cleanUp(stage: Stage): Promise<string[]> {
  const { ec2: client } = stage.clients;
  const failures: string[] = [];
  const attempt = async (what: string, run: () => Promise<unknown>) => {
    await run().catch(error => failures.push(`${what} is still there: ${sentence(error)}`));
  };
  if (stage.instanceIds.length > 0)
    await attempt(stage.instanceIds.join(', '), async () => {
      const ids = { InstanceIds: stage.instanceIds };
      await client.send(new ec2.TerminateInstancesCommand(ids));
      await ec2.waitUntilInstanceTerminated({ client, maxWaitTime: 300, minDelay: 1, maxDelay: 2 }, ids);
    });
  const { imageId, groupId } = stage;
  if (imageId)
    await attempt(imageId, async () => {
      const { Images } = await client.send(new ec2.DescribeImagesCommand({ ImageIds: [imageId] }));
      await client.send(new ec2.DeregisterImageCommand({ ImageId: imageId }));
      for (const { Ebs } of Images?.[0]?.BlockDeviceMappings ?? [])
        if (Ebs?.SnapshotId) await client.send(new ec2.DeleteSnapshotCommand({ SnapshotId: Ebs.SnapshotId }));
    });
  if (groupId)
    await attempt(groupId, () => client.send(new ec2.DeleteSecurityGroupCommand({ GroupId: groupId })));
  await attempt(`key pair ${stage.name}`, () =>
    client.send(new ec2.DeleteKeyPairCommand({ KeyName: stage.name })),
  );
  await rm(stage.identity, { force: true });
  return failures;
}
