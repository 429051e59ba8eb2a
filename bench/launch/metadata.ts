import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const answers: Record<string, string> = {
  'instance-id': 'i-0123456789abcdef0',
  'local-hostname': 'by-hand',
  'public-keys/0/openssh-key':
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIII by-hand',
};

/** A metadata service that knows just what the tiny image asks for, so that the peer need not wait for answers. */
export async function metadataServer(): Promise<{ port: number; close(): void }> {
  const server = createServer((request, response) => {
    if (request.method === 'PUT') return response.end('token');
    const answer = answers[request.url!.replace('/latest/meta-data/', '')];
    response.statusCode = answer === undefined ? 404 : 200;
    response.end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}
