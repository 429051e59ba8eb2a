import { applyVpc } from './apply-vpc.ts';
import { hibernateGuest } from './hibernate-guest.ts';
import type { JobKind } from './job.ts';
import { removeGuest, settleEnd } from './remove-guest.ts';
import type { JobServices } from './services.ts';

/** Shuts a `stopping` instance down, or hibernates it; its volumes and private address stay. */
export const stopInstance: JobKind<'stop-instance', JobServices> = {
  kind: 'stop-instance',
  async run({ input: { instanceId, force, hibernate } }, services) {
    const instance = await services.records.read.instances.get(instanceId);
    if (!instance) return;
    if (instance.state === 'stopping') {
      if (hibernate && (await hibernateGuest(services, instance)))
        await settleEnd(services, instanceId, true);
      else await removeGuest(services, instanceId, force ? 0 : services.shutdownTimeout);
    }
    // Whatever the state: an earlier try may have ended just before this.
    await applyVpc(services, instance.vpcId);
  },
  async failed({ input: { instanceId } }, reason, { log }) {
    log.error('an instance could not be stopped and stays "stopping"', {
      instanceId,
      reason: reason.message,
    });
  },
  attempts: 10,
};
