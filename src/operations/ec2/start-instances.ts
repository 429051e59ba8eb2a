import type { Instance } from '../../domain/instance.ts';
import { noEbsRoot, noRootVolume, notStartable } from '../../domain/instance-errors.ts';
import { instanceActions, started } from '../../domain/instance-state.ts';
import { instanceType } from '../../domain/instance-types.ts';
import { needsLease } from '../../domain/network-interface.ts';
import { interfacesOf } from '../../jobs/instance-interfaces.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { fitting } from './capacity.ts';
import { checkHost } from './host-fit.ts';
import { findInstances, instanceIds } from './instance-lookup.ts';
import { operation } from './operation.ts';
import { presentChange } from './present/instance.ts';
import { publicAddresses } from './public-address.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StartInstances.html */
export const startInstances = operation('StartInstances', async (input, context) => {
  const ids = instanceIds(input.InstanceIds);
  const changes = await context.records.transaction(async records => {
    const instances = await findInstances(records, context, ids);
    for (const instance of instances) await checkStart(records, instance);
    const stopped = instances.filter(one => instanceActions.start[one.state] === 'pending');
    for (const instance of stopped) await checkHost(context, instance, instanceType(instance.instanceType));
    if (stopped.length) await fitting(records, context, stopped, stopped.length);
    const addresses = await publicAddresses(records, context);
    const done: { before: Instance; after: Instance }[] = [];
    for (const before of instances) {
      const isStarting = instanceActions.start[before.state] === 'pending';
      const after = isStarting ? started(before, context.now()) : before;
      if (isStarting) {
        const { instanceId } = after;
        const interfaces = await interfacesOf(records, instanceId);
        if (needsLease(interfaces))
          await records.networkInterfaces.put(addresses.leaseTo(interfaces[0]!, instanceId));
        await records.instances.put(after);
        await context.jobs.enqueue(records, 'launch-instance', instanceId, { instanceId });
      }
      done.push({ before, after });
    }
    return done;
  });
  context.jobs.wake();
  return { StartingInstances: changes.map(({ before, after }) => presentChange(before, after)) };
});

async function checkStart(records: RegionReader, instance: Instance): Promise<void> {
  const { instanceId, rootDeviceName } = instance;
  if (instance.rootDeviceType !== 'ebs') throw noEbsRoot(instanceId, 'started');
  if (!instanceActions.start[instance.state]) throw notStartable(instanceId);
  const volumes = await records.volumes.list({ instanceId });
  if (!volumes.some(volume => volume.attachment?.device === rootDeviceName))
    throw noRootVolume(instanceId, rootDeviceName);
}
