import { once } from 'node:events';
import { createServer } from 'node:net';
import type { PublicPort } from '../network.ts';

/** Where a port below 1024 is found when it itself cannot be had. */
const detour = 10_000;

/** Whether the host lets us listen on a loopback port: it refuses low ones to users, and all that somebody listens on
 * at every address (as sshd does on 22). */
async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.255.255.254');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** The public port of each guest port: itself, or 10000 above for a low one that the host cannot give. */
export async function publicPorts(ports: readonly number[], mayBindLow: boolean): Promise<PublicPort> {
  const low = ports.filter(port => port < 1024);
  const free = new Map<number, boolean>();
  for (const port of low) free.set(port, await isFree(port));
  return port => (port >= 1024 || (free.get(port) ?? mayBindLow) ? port : port + detour);
}
