import { type AttachedInterface, detachedInterface, isAttached } from '../domain/network-interface.ts';
import type { RegionReader } from '../stores/records/database.ts';
import { applyVpc } from './apply-vpc.ts';
import type { JobKind } from './job.ts';
import type { JobInputs } from './kinds.ts';
import type { JobServices } from './services.ts';

/** How long a guest may take to let go of an interface before it is asked again, in milliseconds. */
const patience = 5_000;

/**
 * Takes a network interface from a guest, and it is `available`. One that the guest does not let go of stays `detaching`: it
 * is asked for again every few seconds (`askForHeldInterfaces`), until the guest stops, or force is used.
 */
export const detachNetworkInterface: JobKind<'detach-network-interface', JobServices> = {
  kind: 'detach-network-interface',
  run: ({ input }, services) =>
    services.locks.run(`holder ${input.instanceId}`, async () => {
      const { engine, records } = services;
      const { networkInterfaceId, instanceId, force } = input;
      const one = await detaching(records.read, input);
      if (!one) return;
      if (!(await engine.detachNic(instanceId, networkInterfaceId, { timeoutMs: patience, force }))) return;
      await records.transaction(async writer => {
        const current = await detaching(writer, input);
        if (current) await writer.networkInterfaces.put(detachedInterface(current));
      });
      await applyVpc(services, one.vpcId);
    }),

  /** It stays `detaching`, and is asked for again. */
  async failed({ input: { networkInterfaceId } }, reason, { log }) {
    log.error('a network interface could not be detached', { networkInterfaceId, reason: reason.message });
  },
};

/** Asks guests again for the interfaces they have held on to so far. Meant to be called every few seconds. */
export async function askForHeldInterfaces({ records, jobs }: JobServices): Promise<void> {
  const held = await records.read.networkInterfaces.list({ attachmentStatus: 'detaching' });
  for (const { networkInterfaceId, attachment } of held)
    await records.transaction(async writer => {
      const waiting = await writer.jobs.list({ subject: networkInterfaceId, state: ['queued', 'failing'] });
      if (waiting.length > 0 || !attachment) return;
      const { instanceId } = attachment;
      const input = { networkInterfaceId, instanceId, force: false };
      await jobs.enqueue(writer, 'detach-network-interface', networkInterfaceId, input);
    });
  if (held.length > 0) jobs.wake();
}

/** The interface, if it is still to be detached from the instance. */
async function detaching(
  records: Pick<RegionReader, 'networkInterfaces'>,
  { networkInterfaceId, instanceId }: JobInputs['detach-network-interface'],
): Promise<AttachedInterface | undefined> {
  const one = await records.networkInterfaces.get(networkInterfaceId);
  if (!one || !isAttached(one)) return undefined;
  const { attachment } = one;
  return attachment.instanceId === instanceId && attachment.status === 'detaching' ? one : undefined;
}
