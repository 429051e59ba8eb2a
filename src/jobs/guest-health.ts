import type { Instance, InstanceHealth } from '../domain/instance.ts';
import type { JobServices } from './services.ts';

/** A guest not seen alive for this long after its start is impaired, in milliseconds. */
const patience = 300_000;

/** What firmware and boot loader write to the console when the disk does not boot. */
const bootFailures = [
  'No bootable device',
  'Boot failed: not a bootable disk',
  'error: no such device',
  'grub rescue>',
  'Kernel panic',
];

/** Looks at the guests that have not been seen alive yet, once. Meant to be called every few seconds. */
export async function checkHealth(services: JobServices): Promise<void> {
  const running = await services.records.read.instances.list({ state: 'running' });
  await Promise.all(
    running
      .filter(instance => instance.health !== 'ok')
      .map(async instance => {
        const health = await observe(services, instance);
        if (health !== instance.health) await note(services, instance, health);
      }),
  );
}

/**
 * Looks at the guests that were well: one that does not answer twice in a row hangs, and is impaired until it answers
 * again. The answer is meant to be called every minute, as EC2 looks.
 */
export function healthWatch(services: JobServices): () => Promise<void> {
  const silent = new Set<string>();
  const look = async (instance: Instance) => {
    const { vpcId, instanceId } = instance;
    const answers = await services.network.isReachable(vpcId, instanceId).catch(() => false);
    if (answers) silent.delete(instanceId);
    else if (silent.delete(instanceId)) await note(services, instance, 'impaired');
    else silent.add(instanceId);
  };
  return async () => {
    const running = await services.records.read.instances.list({ state: 'running' });
    const well = running.filter(instance => instance.health === 'ok');
    const ids = new Set(well.map(instance => instance.instanceId));
    for (const instanceId of silent) if (!ids.has(instanceId)) silent.delete(instanceId);
    await Promise.all(well.map(look));
  };
}

/** The guest is alive once it answers on its address; impaired when its console says why not, or time is up. */
async function observe(
  { network, engine, now }: JobServices,
  { vpcId, instanceId, healthSince, health }: Instance,
): Promise<InstanceHealth> {
  if (await network.isReachable(vpcId, instanceId).catch(() => false)) return 'ok';
  if (health === 'impaired' || now().getTime() - Date.parse(healthSince) > patience) return 'impaired';
  const console = (await engine.consoleOutput(instanceId)).toString('latin1');
  return bootFailures.some(text => console.includes(text)) ? 'impaired' : 'initializing';
}

async function note(
  { records, now }: JobServices,
  { instanceId, healthSince }: Instance,
  health: InstanceHealth,
): Promise<void> {
  await records.transaction(async writer => {
    const instance = await writer.instances.get(instanceId);
    // Not when it has been started anew meanwhile.
    if (instance?.state === 'running' && instance.healthSince === healthSince)
      await writer.instances.put({ ...instance, health, healthSince: now().toISOString() });
  });
}
