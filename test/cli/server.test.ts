import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { refuseTakenPort } from '../../cli/foreground.ts';
import { parseListen, settingsOf } from '../../cli/server.ts';

test('--listen takes a host and a port', () => {
  expect(parseListen('127.0.0.1:8773')).toEqual({ host: '127.0.0.1', port: 8773 });
  expect(parseListen('[::1]:0')).toEqual({ host: '::1', port: 0 });
});

test.each(['8773', 'localhost', '127.0.0.1:99999', ':80', 'a:b'])('--listen refuses %s', text => {
  expect(() => parseListen(text)).toThrow('HOST:PORT');
});

test('regions are separated by commas', () => {
  const options = { data: 'd', listen: '127.0.0.1:0', regions: 'us-east-1, eu-west-1,' };
  expect(settingsOf(options).regions).toEqual(['us-east-1', 'eu-west-1']);
});

test('a port that is taken is refused with the remedy, and a free one is left free', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(done => server.once('listening', done));
  const { port } = server.address() as { port: number };
  await expect(refuseTakenPort('127.0.0.1', port)).rejects.toThrow('is in use');
  await new Promise(done => server.close(done));
  await refuseTakenPort('127.0.0.1', port);
  await refuseTakenPort('127.0.0.1', port);
});
