import { type AttachedInterface, detachedInterface, isAttached } from '../domain/network-interface.ts';
import type { RegionReader } from '../stores/records/database.ts';
import { applyVpc } from './apply-vpc.ts';
import type { JobKind } from './job.ts';
import type { JobInputs } from './kinds.ts';
import type { JobServices } from './services.ts';

/** Plugs a network interface into a running guest. One that does not run by now finds it when it starts. */
export const attachNetworkInterface: JobKind<'attach-network-interface', JobServices> = {
  kind: 'attach-network-interface',
  run: ({ input }, services) =>
    services.locks.run(`holder ${input.instanceId}`, async () => {
      const { engine, network, records } = services;
      const one = await attaching(records.read, input);
      if (!one) return;
      if (await engine.isRunning(input.instanceId)) {
        await applyVpc(services, one.vpcId);
        const nic = await network.nic(one.vpcId, one.networkInterfaceId);
        await engine.attachNic(input.instanceId, nic);
      }
      await records.transaction(async writer => {
        const current = await attaching(writer, input);
        if (current)
          await writer.networkInterfaces.put({
            ...current,
            attachment: { ...current.attachment, status: 'attached' },
          });
      });
    }),

  /** It is `available` again, and the guest has nothing of it. */
  failed: ({ input }, reason, services) =>
    services.locks.run(`holder ${input.instanceId}`, async () => {
      const { engine, records, log } = services;
      const { networkInterfaceId, instanceId } = input;
      const one = await attaching(records.read, input);
      if (!one) return;
      log.error('a network interface could not be attached', {
        networkInterfaceId,
        instanceId,
        reason: reason.message,
      });
      await engine.detachNic(instanceId, networkInterfaceId, { timeoutMs: 1_000, force: true });
      await records.transaction(async writer => {
        const current = await attaching(writer, input);
        if (current) await writer.networkInterfaces.put(detachedInterface(current));
      });
      await applyVpc(services, one.vpcId);
    }),
};

/** The interface, if it is still to be attached to the instance. */
async function attaching(
  records: Pick<RegionReader, 'networkInterfaces'>,
  { networkInterfaceId, instanceId }: JobInputs['attach-network-interface'],
): Promise<AttachedInterface | undefined> {
  const one = await records.networkInterfaces.get(networkInterfaceId);
  if (!one || !isAttached(one)) return undefined;
  const { attachment } = one;
  return attachment.instanceId === instanceId && attachment.status === 'attaching' ? one : undefined;
}
