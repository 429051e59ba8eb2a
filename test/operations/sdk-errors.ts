/** Amazon's client on one side, a test region on the other, no network between: how a refusal reaches those who use the SDK. */
import { Readable } from 'node:stream';
import * as ec2 from '@aws-sdk/client-ec2';
import { HttpResponse } from '@smithy/core/protocols';
import { ApiError } from '../../src/domain/errors.ts';
import { runOperation } from '../../src/operations/operation.ts';
import { ec2Query } from '../../src/protocols/ec2-query.ts';
import { loadModel } from '../../src/protocols/model.ts';
import type { WireResponse } from '../../src/protocols/wire.ts';
import { wireRequestOf } from '../protocols/sdk.ts';
import { type Row, refuses } from './errors.ts';
import { owner, type TestRegion } from './region.ts';

const protocol = ec2Query(loadModel('ec2'));
const commands = ec2 as unknown as Record<string, new (input: object) => never>;

/** A table of refusals of EC2 actions, each sent and read by the SDK. */
export function refusesSdk(region: () => TestRegion, rows: Readonly<Record<string, Row>>): void {
  refuses(region, rows, async (region, { operation, input, caller }) => {
    const client = new ec2.EC2Client({
      region: 'us-east-1',
      endpoint: 'http://localhost',
      credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
      maxAttempts: 1,
      requestHandler: {
        async handle(request: Parameters<typeof wireRequestOf>[0]) {
          const { status, headers, body } = await answer(region, { operation, caller }, request);
          const bytes = Readable.from([Buffer.from(body)]);
          return { response: new HttpResponse({ statusCode: status, headers: { ...headers }, body: bytes }) };
        },
        destroy() {},
      },
    } as never);
    const sent = client.send(new commands[`${operation.name}Command`]!(input));
    const error: unknown = await sent.then(
      output => new Error(`The call was not refused, but answered ${JSON.stringify(output)}`),
      error => error,
    );
    if (!(error instanceof ec2.EC2ServiceException)) throw error;
    return [error.name, error.message, error.$metadata.httpStatusCode!];
  });
}

async function answer(
  region: TestRegion,
  { operation, caller }: Pick<Row, 'operation' | 'caller'>,
  request: Parameters<typeof wireRequestOf>[0],
): Promise<WireResponse> {
  try {
    const call = protocol.open(await wireRequestOf(request), new Set([operation.name]));
    return call.respond(await runOperation(operation, call.input(), region.contextOf(caller ?? owner)), 'id');
  } catch (error) {
    if (error instanceof ApiError) return protocol.refuse(error, 'id');
    throw error;
  }
}
