import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Resolves when an SSH server greets at the address; gives up after two minutes. */
export async function banner(host: string, port: number): Promise<void> {
  const end = performance.now() + 120_000;
  while (performance.now() < end) {
    if (await greets(host, port)) return;
    await delay(50);
  }
  throw new Error(`no SSH server at ${host}:${port} within two minutes`);
}

function greets(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, () => settle(false));
    socket.once('data', data => settle(data.toString('latin1').startsWith('SSH-')));
    socket.once('error', () => settle(false));
    socket.once('close', () => resolve(false));
  });
}
