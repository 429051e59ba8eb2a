/** The same cloud with its records in PostgreSQL: launched, killed, found again. */

import { rmSync } from 'node:fs';
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Amity, startAmity, temporaryFolder } from '../support/amity.ts';
import { inGuest, launch, type Stage, setStage, untilState } from '../support/guests.ts';
import { endEverything } from '../support/leftovers.ts';
import { type PostgresCluster, startPostgres } from '../support/postgres.ts';

let postgres: PostgresCluster;
let records: string;
let amity: Amity;
let stage: Stage;

beforeAll(async () => {
  postgres = await startPostgres();
  records = await postgres.createDatabase('cloud');
  amity = await startAmity(temporaryFolder('pg'), '--regions', 'us-east-1', '--records', records);
  stage = await setStage(amity);
});

afterAll(async () => {
  await amity?.stop();
  expect(await endEverything(amity.data)).toEqual([]);
  rmSync(amity.data, { recursive: true, force: true });
  await postgres?.stop();
});

test('an instance launched before a kill answers after it, and is ended', async () => {
  const [id] = (await launch(stage)) as [string];
  await amity.kill();
  amity = await startAmity(amity.data, '--regions', 'us-east-1', '--records', records);
  stage = { ...stage, ec2: amity.ec2() };
  expect(await inGuest(stage, id, 'sudo id -un')).toBe('root');
  await stage.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  await untilState(stage.ec2, id, 'terminated');
});
