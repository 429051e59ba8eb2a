import type { RunInstancesCommandOutput } from '@aws-sdk/client-ec2';
import { checkCpuCredits } from '../../domain/cpu-credits.ts';
import { settleCpuOptions } from '../../domain/cpu-options.ts';
import { checkHibernation } from '../../domain/hibernation.ts';
import type { Instance } from '../../domain/instance.ts';
import {
  ebsOptimizationUnsupported,
  instanceLimitExceeded,
  keyPairNotFound,
  tokenInstanceTerminated,
} from '../../domain/instance-errors.ts';
import { checkFit } from '../../domain/instance-fit.ts';
import { type Launch, newInstance, newVolume } from '../../domain/instance-launch.ts';
import { mostInstances } from '../../domain/instance-limits.ts';
import { isLive, liveStates } from '../../domain/instance-state.ts';
import { defaultInstanceType, instanceType, supportsEbsOptimization } from '../../domain/instance-types.ts';
import { checkMetadataTags, settleMetadataOptions } from '../../domain/metadata-options.ts';
import { type AttachedInterface, needsLease } from '../../domain/network-interface.ts';
import type { Tags } from '../../domain/tags.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import { aliasedAccounts } from '../aliased-accounts.ts';
import type { Context } from '../context.ts';
import { remember, replayed } from '../idempotency.ts';
import { writeTags } from '../tagging.ts';
import { type AllowedImages, allowedImages } from './allowed-images.ts';
import { fitting } from './capacity.ts';
import { checkHost } from './host-fit.ts';
import { viewInstances } from './instance-lookup.ts';
import { launchFromTemplate, type TemplatedLaunch, templateTags } from './launch-from-template.ts';
import { type LaunchDevices, launchableImage, launchDevices } from './launch-image.ts';
import { findNetwork } from './launch-network.ts';
import { type LaunchRequest, parseLaunch } from './launch-request.ts';
import { launchedInterfaces } from './launched-interfaces.ts';
import { operation } from './operation.ts';
import { presentInstance } from './present/instance.ts';
import { publicAddresses } from './public-address.ts';

const action = 'RunInstances';

/**
 * Writes what is to be, `pending`, in one transaction; the launch jobs make it so.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
 */
export const runInstances = operation('RunInstances', async (input, context) => {
  const aliased = await aliasedAccounts(context);
  const answer = await context.records.transaction(async records => {
    const before = await replayed(records, context, action, input);
    if (before !== undefined) return present(records, context, await liveReservation(records, before));
    const templated = await launchFromTemplate(records, context, aliased, input);
    const allowed = await allowedImages(records, context, aliased);
    const instances = await launch(records, context, allowed, templated);
    await remember(records, context, action, input, instances[0]!.reservationId);
    return present(records, context, instances);
  });
  context.jobs.wake();
  return answer;
});

async function liveReservation(records: RegionWriter, reservationId: string): Promise<Instance[]> {
  const instances = await records.instances.list({ reservationId });
  if (!instances.some(isLive)) throw tokenInstanceTerminated();
  return instances.sort((a, b) => a.amiLaunchIndex - b.amiLaunchIndex);
}

/** The checks stand in AWS's order (spec C.9): the first that fails is the one a client sees. */
async function launch(
  records: RegionWriter,
  context: Context,
  allowed: AllowedImages,
  { input, template }: TemplatedLaunch,
): Promise<Instance[]> {
  const { accountId } = context.caller;
  const request = parseLaunch(input);
  const image = await launchableImage(records, context, allowed, request.imageId);
  const typeName = request.instanceType ?? defaultInstanceType(image.architecture);
  const type = instanceType(typeName)!;
  checkFit(image, type);
  await checkHost(context, image, type);
  checkCpuCredits(type, request.cpuCredits);
  if (request.ebsOptimized && !supportsEbsOptimization(type)) throw ebsOptimizationUnsupported();
  const cpuOptions = settleCpuOptions(type, input.CpuOptions ?? {});
  const devices = await launchDevices(records, context, image, request.blockDevices);
  const root = devices.mappings.find(({ deviceName }) => deviceName === image.rootDeviceName)?.ebs;
  if (request.hibernation) checkHibernation(type, image, root);
  const counts = { least: request.least, most: await allowedCount(records, accountId, request) };
  const network = await findNetwork(records, context, request.network, type, counts);
  const key = await findKey(records, accountId, request.keyName);

  const settings = await records.accountSettings.get(accountId);
  const account = settings?.metadataDefaults ?? {};
  const metadataOptions = settleMetadataOptions(request.metadataOptions, account, image);
  const tags = { ...request.tags, instance: { ...templateTags(template), ...request.tags.instance } };
  checkMetadataTags(metadataOptions, tags.instance);

  const shared: Launch = {
    ...request,
    ownerId: accountId,
    reservationId: context.newId('r'),
    image,
    instanceType: typeName,
    subnet: network.subnet,
    key,
    cpuOptions,
    clientToken: input.ClientToken || undefined,
    metadataOptions,
  };
  const addresses = await publicAddresses(records, context);
  const { availabilityZone } = network.subnet;
  const places = network.instances.map(planned => ({ planned, instanceType: typeName, availabilityZone }));
  const launched = (await fitting(records, context, places, counts.least)).map(
    ({ planned }, amiLaunchIndex) => {
      const instanceId = context.newId('i');
      const interfaces = launchedInterfaces(context, planned, instanceId, network) as [AttachedInterface];
      if (needsLease(interfaces)) interfaces[0] = addresses.leaseTo(interfaces[0], instanceId);
      const [
        {
          networkInterfaceId,
          macAddress,
          addresses: [{ privateIpAddress }],
        },
      ] = interfaces;
      const own = { instanceId, amiLaunchIndex, networkInterfaceId, macAddress, privateIpAddress };
      return { instance: newInstance(shared, own, context.now()), interfaces };
    },
  );
  for (const one of launched) await write(records, context, one, devices, tags);
  await records.images.put({ ...image, lastLaunchedTime: context.now().toISOString() });
  return launched.map(({ instance }) => instance);
}

/** As many as the account may still have, if that is enough. @throws InstanceLimitExceeded */
async function allowedCount(
  records: RegionWriter,
  ownerId: string,
  { least, most }: LaunchRequest,
): Promise<number> {
  const running = (await records.instances.list({ ownerId, state: liveStates })).length;
  const left = mostInstances - running;
  if (least > left) throw instanceLimitExceeded(running + least, mostInstances);
  return Math.min(most, left);
}

async function findKey(records: RegionWriter, ownerId: string, keyName: string | undefined) {
  if (keyName === undefined) return undefined;
  const [key] = await records.keyPairs.list({ ownerId, keyName });
  if (!key) throw keyPairNotFound(keyName);
  return key;
}

async function write(
  records: RegionWriter,
  context: Context,
  { instance, interfaces }: { instance: Instance; interfaces: readonly AttachedInterface[] },
  { mappings, snapshots }: LaunchDevices,
  tags: LaunchRequest['tags'],
): Promise<void> {
  const { instanceId, ownerId } = instance;
  await records.instances.put(instance);
  await writeTags(records, ownerId, { id: instanceId, type: 'instance' }, tags.instance);
  for (const one of interfaces) await writeInterface(records, one, tags['network-interface']);
  for (const { deviceName, ebs } of mappings) {
    // Instance-store disks: no type here has any, and AWS ignores what a type lacks.
    if (!ebs) continue;
    const source = snapshots.get(ebs.snapshotId ?? '');
    const volume = newVolume(instance, context.newId('vol'), { deviceName, ebs }, source);
    await records.volumes.put(volume);
    await writeTags(records, ownerId, { id: volume.volumeId, type: 'volume' }, tags.volume);
  }
  await context.jobs.enqueue(records, 'launch-instance', instanceId, { instanceId });
}

/** Tags are for those the launch makes. */
async function writeInterface(
  records: RegionWriter,
  one: AttachedInterface,
  tags: Tags | undefined,
): Promise<void> {
  const { networkInterfaceId: id, ownerId } = one;
  const isNew = (await records.networkInterfaces.get(id)) === undefined;
  await records.networkInterfaces.put(one);
  if (isNew) await writeTags(records, ownerId, { id, type: 'network-interface' }, tags);
}

/** AWS shows no devices in the answer to a launch. */
async function present(
  records: RegionWriter,
  context: Context,
  instances: readonly Instance[],
): Promise<Omit<RunInstancesCommandOutput, '$metadata'>> {
  const [first] = instances;
  const views = await viewInstances(records, context, instances);
  return {
    ReservationId: first!.reservationId,
    OwnerId: first!.ownerId,
    Groups: [],
    Instances: views.map(view => presentInstance({ ...view, volumes: [] })),
  };
}
