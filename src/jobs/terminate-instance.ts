import { applyVpc } from './apply-vpc.ts';
import { volumesOf } from './instance-volumes.ts';
import type { JobKind } from './job.ts';
import { removeGuest } from './remove-guest.ts';
import type { JobServices } from './services.ts';

/**
 * Ends a `shutting-down` instance. Where a volume outlives it the guest may flush it first. Its console can be read
 * while the instance is visible.
 */
export const terminateInstance: JobKind<'terminate-instance', JobServices> = {
  kind: 'terminate-instance',
  async run({ input: { instanceId, force } }, services) {
    const instance = await services.records.read.instances.get(instanceId);
    if (!instance) return;
    if (instance.state === 'shutting-down') {
      const volumes = await volumesOf(services.records.read, instanceId);
      const outlived = volumes.some(volume => !volume.attachment?.deleteOnTermination);
      await removeGuest(services, instanceId, outlived && !force ? services.shutdownTimeout : 0);
    }
    // Whatever the state: an earlier try may have ended just before this.
    await services.engine.discardMemory(instanceId);
    await applyVpc(services, instance.vpcId);
  },
  async failed({ input: { instanceId } }, reason, { log }) {
    log.error('an instance could not be ended and stays "shutting-down"', {
      instanceId,
      reason: reason.message,
    });
  },
  attempts: 10,
};
