/** Network interfaces that come to a guest or go from it while it runs, over QMP. */
import { type QmpClient, QmpError } from '../../qmp/client.ts';
import type { GuestNic } from '../engine.ts';
import { hotPlugged } from './drive.ts';
import { freeBus } from './free-bus.ts';
import { netdevId, nicId, nicProperties, tapProperties } from './nic.ts';
import { isLetGo } from './unplug-device.ts';

/** Plugs a NIC in, unless it is. */
export async function plugNic(qmp: QmpClient, nic: GuestNic): Promise<void> {
  const { networkInterfaceId } = nic;
  if (await hasNic(qmp, networkInterfaceId)) {
    if (await isLinked(qmp, networkInterfaceId)) return;
    throw new Error(
      `the guest has not let go of ${networkInterfaceId} yet, which was taken from it: reboot it`,
    );
  }
  // A link without a device: the server was killed between the two.
  await unlink(qmp, networkInterfaceId);
  const bus = await freeBus(qmp);
  await qmp.execute('netdev_add', tapProperties(nic));
  // As with volumes: the first free slot, and none of the I/O ports of which a bridge has few.
  await qmp.execute('device_add', { ...nicProperties(nic), bus, ...hotPlugged });
}

/**
 * Asks the guest to let go of a NIC. With `force` one that does not is left with a device whose link is down for good, and
 * the tap is free.
 * @returns whether the network interface is free.
 */
export async function unplugNic(
  qmp: QmpClient,
  networkInterfaceId: string,
  { timeoutMs, force }: { timeoutMs: number; force: boolean },
): Promise<boolean> {
  if ((await hasNic(qmp, networkInterfaceId)) && !(await isLetGo(qmp, nicId(networkInterfaceId), timeoutMs)))
    if (!force && (await isLinked(qmp, networkInterfaceId))) return false;
  await unlink(qmp, networkInterfaceId);
  return true;
}

async function hasNic(qmp: QmpClient, networkInterfaceId: string): Promise<boolean> {
  const devices = await qmp.execute<Array<{ name: string }>>('qom-list', { path: '/machine/peripheral' });
  return devices.some(({ name }) => name === nicId(networkInterfaceId));
}

/** A link that was taken away cannot be asked to be up, and one that is there is up already. */
function isLinked(qmp: QmpClient, networkInterfaceId: string): Promise<boolean> {
  return unlessAbsent(qmp, 'set_link', { name: netdevId(networkInterfaceId), up: true });
}

/** Closes the tap. A device that is still linked to it loses its carrier. */
async function unlink(qmp: QmpClient, networkInterfaceId: string): Promise<void> {
  await unlessAbsent(qmp, 'netdev_del', { id: netdevId(networkInterfaceId) });
}

async function unlessAbsent(
  qmp: QmpClient,
  command: string,
  args: Record<string, unknown>,
): Promise<boolean> {
  try {
    await qmp.execute(command, args);
    return true;
  } catch (error) {
    if (error instanceof QmpError && error.errorClass === 'DeviceNotFound') return false;
    throw error;
  }
}
