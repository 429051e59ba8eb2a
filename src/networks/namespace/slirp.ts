/** The way out of a VPC and the way in: slirp4netns and its control socket. See slirp4netns(1), "API SOCKET". */
import { outside } from './addresses.ts';
import { askOverSocket } from './line-socket.ts';
import { type Forward, sameForward } from './public-forwards.ts';

export function slirpArguments(apiSocket: string, namespacePid: number): string[] {
  return [
    '/usr/bin/slirp4netns',
    '--configure',
    '--mtu=65520',
    '--disable-host-loopback',
    '--enable-sandbox',
    '--enable-seccomp',
    `--cidr=${outside.cidr}`,
    '--api-socket',
    apiSocket,
    String(namespacePid),
    outside.interface,
  ];
}

/**
 * Brings the forwards to those wanted. A port somebody else holds is left out and reported: the guest runs without it.
 * libslirp accepts a connection before it tries the guest: one to a closed port is closed at once.
 */
export async function reconcileForwards(
  apiSocket: string,
  wanted: readonly Forward[],
  report: (message: string) => void,
): Promise<void> {
  const present = parseForwards(await ask(apiSocket, 'list_hostfwd'));
  for (const { id, forward } of present)
    if (!wanted.some(one => sameForward(one, forward))) await ask(apiSocket, 'remove_hostfwd', { id });
  for (const forward of wanted) {
    if (present.some(one => sameForward(one.forward, forward))) continue;
    await ask(apiSocket, 'add_hostfwd', toWire(forward)).catch(error =>
      report(`${forward.hostAddress} port ${forward.hostPort} cannot lead to its guest: ${error.message}`),
    );
  }
}

/** Whether slirp4netns takes requests: it opens its interface some moments earlier. */
export function isListening(apiSocket: string): Promise<boolean> {
  return ask(apiSocket, 'list_hostfwd').then(
    () => true,
    () => false,
  );
}

function toWire(forward: Forward) {
  return {
    proto: forward.protocol,
    host_addr: forward.hostAddress,
    host_port: forward.hostPort,
    guest_addr: forward.guestAddress,
    guest_port: forward.guestPort,
  };
}

/** What `list_hostfwd` answers, strictly. */
export function parseForwards(answer: unknown): Array<{ id: number; forward: Forward }> {
  const { entries } = answer as { entries?: unknown };
  if (!Array.isArray(entries)) throw new Error('slirp4netns does not list its forwards');
  return entries.map((entry: Record<string, unknown>) => ({
    id: Number(entry.id),
    forward: {
      protocol: entry.proto === 'udp' ? 'udp' : 'tcp',
      hostAddress: String(entry.host_addr),
      hostPort: Number(entry.host_port),
      guestAddress: String(entry.guest_addr),
      guestPort: Number(entry.guest_port),
    },
  }));
}

async function ask(apiSocket: string, execute: string, args?: object): Promise<unknown> {
  const request = JSON.stringify({ execute, ...(args && { arguments: args }) });
  const answer: unknown = JSON.parse(await askOverSocket(apiSocket, request, 5_000));
  if (typeof answer === 'object' && answer !== null && 'error' in answer)
    throw new Error(`slirp4netns refused ${execute}: ${JSON.stringify(answer.error)}`);
  return answer;
}
