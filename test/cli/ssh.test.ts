import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { findSshPort, sshArguments } from '../../cli/ssh.ts';

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map(server => new Promise(done => server.close(done)))));

/** Listens where guests without root appear, on a loopback address of this test's own. */
async function greeting(address: string, text: string): Promise<void> {
  const server = createServer(socket => socket.end(text));
  servers.push(server);
  await new Promise<void>(done => server.listen(10022, address, done));
}

test('a guest whose server has no root is found on port 10022', async () => {
  await greeting('127.211.3.1', 'SSH-2.0-test\r\n');
  expect(await findSshPort('127.211.3.1')).toBe(10022);
});

test('a connection that brings no greeting is no SSH server', async () => {
  await greeting('127.211.3.2', '');
  expect(await findSshPort('127.211.3.2')).toBeUndefined();
});

test('host keys are kept by instance, as addresses go from one to the next', () => {
  const words = sshArguments(
    {
      instanceId: 'i-1',
      address: '127.77.0.5',
      port: 10022,
      login: 'ec2-user',
      identity: 'k.pem',
      knownHosts: 'known',
    },
    true,
  );
  expect(words).toContain('HostKeyAlias=i-1');
  expect(words).toContain('UserKnownHostsFile=known');
  expect(words.slice(-5)).toEqual(['-i', 'k.pem', '-p', '10022', 'ec2-user@127.77.0.5']);
});
