import { Readable } from 'node:stream';
import * as ebs from '@aws-sdk/client-ebs';
import * as ec2 from '@aws-sdk/client-ec2';
import * as sts from '@aws-sdk/client-sts';
import { HttpResponse } from '@smithy/core/protocols';
import { describe, expect, it } from 'vitest';
import { awsQuery } from '../../src/protocols/aws-query.ts';
import { ec2Query } from '../../src/protocols/ec2-query.ts';
import { loadModel } from '../../src/protocols/model.ts';
import { restJson } from '../../src/protocols/rest-json.ts';
import type { Call, Protocol } from '../../src/protocols/wire.ts';
import { operationSchemas, randomNumbers, randomValue } from './fuzz-model.ts';
import { wireRequestOf } from './sdk.ts';

type Streamed = { transformToByteArray(): Promise<Uint8Array> };

/** Amazon's client on one side, our protocol on the other, no network between: what either writes the other must read. */
function roundTripper(module: object, Client: new (configuration: never) => unknown, protocol: Protocol) {
  const schemas = operationSchemas(module);
  const served = new Set(schemas.map(schema => schema.name));
  const random = randomNumbers(7);
  let received: Call | undefined;
  let output: unknown;
  const client = new Client({
    region: 'us-east-1',
    endpoint: 'http://localhost',
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      async handle(request: Parameters<typeof wireRequestOf>[0]) {
        received = protocol.open(await wireRequestOf(request), served);
        const { status, headers, body } = received.respond(output, 'request-id');
        return {
          response: new HttpResponse({
            statusCode: status,
            headers: { ...headers },
            body: Readable.from([Buffer.from(body)]),
          }),
        };
      },
      destroy() {},
    },
  } as never) as { send(command: unknown): Promise<Record<string, unknown>> };
  const commands = module as Record<string, new (input: unknown) => unknown>;

  return async function roundTrip(name: string) {
    const schema = schemas.find(candidate => candidate.name === name)!;
    const input = randomValue(schema.input, random) as Record<string, unknown>;
    output = schema.output.isStructSchema() ? randomValue(schema.output, random) : undefined;
    const { $metadata, ...result } = await client.send(
      new commands[`${name}Command`]!(structuredClone(input)),
    );
    expect(received!.action).toBe(name);
    expect(comparable(received!.input())).toEqual(comparable(input));
    if (result.BlockData) result.BlockData = await (result.BlockData as Streamed).transformToByteArray();
    expect(comparable(result)).toEqual(comparable(output ?? {}));
  };
}

/** Bytes and times in a form that does not depend on whether they are a Buffer or a Uint8Array with methods of the SDK's. */
function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(comparable);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, comparable(member)]));
}

describe('EC2', () => {
  const roundTrip = roundTripper(ec2, ec2.EC2Client, ec2Query(loadModel('ec2')));
  const names = operationSchemas(ec2).map(schema => schema.name);

  it('has every action of the client in its model', () => {
    expect([...loadModel('ec2').actions].sort()).toEqual(names.sort());
  });

  it('reads what the SDK writes and writes what the SDK reads, for every action', async () => {
    const failures: string[] = [];
    for (const name of names) {
      await roundTrip(name).catch(error => failures.push(`${name}: ${error.message.slice(0, 600)}`));
    }
    expect(failures).toEqual([]);
  });
});

describe('STS', () => {
  const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';
  const roundTrip = roundTripper(sts, sts.STSClient, awsQuery(loadModel('sts'), namespace));

  it.each(operationSchemas(sts).map(schema => schema.name))('exchanges %s with the SDK', roundTrip);
});

describe('EBS', () => {
  const roundTrip = roundTripper(ebs, ebs.EBSClient, restJson(loadModel('ebs')));

  it.each(operationSchemas(ebs).map(schema => schema.name))('exchanges %s with the SDK', roundTrip);
});
