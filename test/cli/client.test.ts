import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../cli/client.ts';

const account = {
  accountId: '111122223333',
  accessKeyId: 'AKIAFIRST',
  secretAccessKey: 'first',
  name: 'first',
};
const amazon = {
  ...account,
  accountId: '444455556666',
  accessKeyId: 'AKIAAMAZON',
  alias: 'amazon',
  name: 'amazon',
};

let data: string;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'amity-client-'));
  const ready = {
    endpoint: 'http://127.0.0.1:9',
    consoleUrl: null,
    regions: ['eu-west-1'],
    accounts: [amazon, account],
  };
  await writeFile(join(data, 'ready.json'), JSON.stringify(ready));
});
afterAll(() => rm(data, { recursive: true }));

const keyOf = async (clients: Awaited<ReturnType<typeof connect>>) =>
  (await clients.ec2.config.credentials()).accessKeyId;

test('the server of a data folder is used as its first account that has no alias, in its first region', async () => {
  const clients = await connect({ data }, {});
  expect(clients).toMatchObject({ endpoint: 'http://127.0.0.1:9', region: 'eu-west-1' });
  expect(await keyOf(clients)).toBe('AKIAFIRST');
});

test('a data folder that is named comes before AWS_ENDPOINT_URL', async () => {
  const elsewhere = { AWS_ENDPOINT_URL: 'http://127.0.0.1:7', AWS_DEFAULT_REGION: 'us-east-1' };
  expect(await connect({ data }, elsewhere)).toMatchObject({
    endpoint: 'http://127.0.0.1:9',
    region: 'us-east-1',
  });
  expect(await connect({}, elsewhere)).toMatchObject({ endpoint: 'http://127.0.0.1:7', region: 'us-east-1' });
});

test('an account is chosen by alias or id, and an unknown one is named with those there are', async () => {
  expect(await keyOf(await connect({ data, account: 'amazon' }, {}))).toBe('AKIAAMAZON');
  expect(await keyOf(await connect({ data, account: '444455556666' }, {}))).toBe('AKIAAMAZON');
  await expect(connect({ data, account: 'nobody' }, {})).rejects.toThrow('amazon, 111122223333');
});

test('without a server the remedy is named', async () => {
  await expect(connect({ data: join(data, 'absent') }, {})).rejects.toThrow('npm run up');
});
