import type { QmpClient } from '../../qmp/client.ts';
import { hotPlugBus } from './drive.ts';

/** Where a device can be plugged into a running guest: the bridge, whose first free slot of 31 is taken, or the first port that is free. */
export async function freeBus(qmp: QmpClient): Promise<string> {
  const list = (path: string) => qmp.execute<Array<{ name: string }>>('qom-list', { path });
  const devices = (await list('/machine/peripheral')).map(({ name }) => name);
  if (devices.includes(hotPlugBus)) return hotPlugBus;
  const number = (port: string) => Number(port.slice(hotPlugBus.length));
  const ports = devices.filter(name => name.startsWith(hotPlugBus) && Number.isInteger(number(name)));
  for (const port of ports.sort((a, b) => number(a) - number(b))) {
    const onBus = await list(`/machine/peripheral/${port}/${port}`);
    if (!onBus.some(({ name }) => name.startsWith('child['))) return port;
  }
  throw new Error('the guest has no free slot for another device: stop it before you attach more');
}
