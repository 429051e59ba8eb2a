import type { Endpoint, VpcPlan } from '../../src/domain/vpc-plan-types.ts';
import { memoryIdentitySigner } from '../../src/identity/local-identity-signer.ts';
import { applyVpc } from '../../src/jobs/apply-vpc.ts';
import { keyedLock } from '../../src/jobs/keyed-lock.ts';
import type { JobServices } from '../../src/jobs/services.ts';
import { createKeyPair } from '../../src/operations/ec2/create-key-pair.ts';
import { change, launch, putImage } from '../operations/ec2/launch-fixtures.ts';
import { testRegion } from '../operations/region.ts';

/** What the VPC's plan says of an instance that RunInstances made: it has a key, tags, user data and a second volume. */
export async function metadataGuest(userData: Buffer): Promise<Endpoint> {
  const region = testRegion();
  await putImage(region);
  await region.call(createKeyPair, { KeyName: 'my-key' });
  const [instance] = await launch(region, {
    KeyName: 'my-key',
    UserData: userData.toString('base64'),
    MetadataOptions: { HttpTokens: 'required', InstanceMetadataTags: 'enabled' },
    BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 1 } }],
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'web 1' }] }],
  });
  await change(region, instance!.InstanceId!, { state: 'running' });
  let plan: VpcPlan | undefined;
  const network = {
    async apply(next: VpcPlan) {
      plan = next;
    },
  };
  const identity = await memoryIdentitySigner('us-east-1', () => region.time);
  const services = { region: 'us-east-1', records: region.records, locks: keyedLock(), network, identity };
  await applyVpc(services as unknown as JobServices, instance!.VpcId!);
  return plan!.endpoints[0]!;
}
