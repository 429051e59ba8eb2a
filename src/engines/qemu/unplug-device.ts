import { type QmpClient, QmpError, QmpTimeout } from '../../qmp/client.ts';

/**
 * Asks the guest to let go of a device, and tells whether it has within `timeoutMs`. One that still boots, hangs, or has
 * no PCI hot plug does not answer; it may let go later, or when it is reset. A device that is absent is let go of.
 */
export async function isLetGo(qmp: QmpClient, id: string, timeoutMs: number): Promise<boolean> {
  try {
    await qmp.executeUntil(
      ({ name, data }) => name === 'DEVICE_DELETED' && data.device === id,
      'device_del',
      { id },
      timeoutMs,
    );
    return true;
  } catch (error) {
    if (error instanceof QmpTimeout) return false;
    if (error instanceof QmpError && error.errorClass === 'DeviceNotFound') return true;
    throw error;
  }
}
