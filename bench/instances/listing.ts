/** DescribeInstances of an account with many instances: guests that are only rows, everything before them real. */
import { rmSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { temporaryFolder } from '../../test/support/amity.ts';
import { type Call, load } from '../catalogue/client.ts';
import { controlPlane } from '../catalogue/control-plane.ts';
import type { Row } from '../row.ts';

/** A launch of as many as an account may have at once. */
const atOnce = 250;
const limit = 50;

export async function measureListing(count: number, seconds: number): Promise<Row[]> {
  const folder = temporaryFolder('bench-instances');
  const server = await controlPlane(folder, 10);
  try {
    await fill(server.call, count);
    const rows: Row[] = [];
    for (const size of [100, 1000]) rows.push(await measurePages(server.call, count, size, seconds));
    return rows;
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All but the last launch are terminated: they are still listed for an hour. */
async function fill(call: Call, count: number): Promise<void> {
  const { body } = await call({ Action: 'DescribeImages', 'Owner.1': 'self' });
  const ImageId = /<imageId>([^<]+)</.exec(body)![1]!;
  const launch = { Action: 'RunInstances', ImageId, InstanceType: 't3.micro' };
  const size = { MinCount: String(atOnce), MaxCount: String(atOnce) };
  const tags = {
    'TagSpecification.1.ResourceType': 'instance',
    'TagSpecification.1.Tag.1.Key': 'Name',
    'TagSpecification.1.Tag.1.Value': 'bench',
  };
  for (let made = 0; made < count; made += atOnce) {
    const ids = instanceIds((await call({ ...launch, ...size, ...tags })).body);
    if (made + atOnce < count) {
      const named = ids.map((id, i) => [`InstanceId.${i + 1}`, id]);
      await call({ Action: 'TerminateInstances', ...Object.fromEntries(named) });
    }
    await untilSettled(call);
  }
}

/** Those that still end count towards the account's limit; those that still start keep the server busy. */
async function untilSettled(call: Call): Promise<void> {
  const between = {
    ...{ Action: 'DescribeInstances', 'Filter.1.Name': 'instance-state-name' },
    ...{ 'Filter.1.Value.1': 'shutting-down', 'Filter.1.Value.2': 'pending' },
  };
  while (instanceIds((await call(between)).body).length) await setTimeout(50);
}

/** Every page of the listing in turn, over and over. */
async function measurePages(call: Call, count: number, size: number, seconds: number): Promise<Row> {
  const describe = { Action: 'DescribeInstances', MaxResults: String(size) };
  const tokens: (string | undefined)[] = [undefined];
  let listed = 0;
  for (let token: string | undefined; ; ) {
    const { body } = await call({ ...describe, ...(token && { NextToken: token }) });
    listed += instanceIds(body).length;
    token = /<nextToken>([^<]+)</.exec(body)?.[1];
    if (!token) break;
    tokens.push(token);
  }
  if (listed < count) throw new Error(`${listed} instances were listed, of ${count}`);
  const { p50, p99 } = await load(call, 1, seconds, n => {
    const token = tokens[n % tokens.length];
    return { ...describe, ...(token && { NextToken: token }) };
  });
  return {
    goal: 'DescribeInstances p99 ≤ 50 ms',
    what: `pages of ${size} of ${count} instances, p99 ms at c=1 (p50 ${p50.toFixed(1)})`,
    ours: p99,
    ...{ peer: null, ratio: null, target: `≤ ${limit}`, ok: p99 <= limit },
    rounds: { ours: [p50, p99] },
  };
}

function instanceIds(body: string): string[] {
  return Array.from(body.matchAll(/<instanceId>([^<]+)</g), match => match[1]!);
}
