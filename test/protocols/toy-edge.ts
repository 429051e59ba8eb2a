/** An edge with a few operations that only show what reached them. */
import { request as httpRequest } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { ApiError } from '../../src/domain/errors.ts';
import type { Context } from '../../src/operations/context.ts';
import { operation as ebsOperation } from '../../src/operations/ebs/operation.ts';
import { operation } from '../../src/operations/ec2/operation.ts';
import { operations as kmsOperations } from '../../src/operations/kms/index.ts';
import { operations as organizationsOperations } from '../../src/operations/organizations/index.ts';
import { operations as rbinOperations } from '../../src/operations/rbin/index.ts';
import { operations as ssmOperations } from '../../src/operations/ssm/index.ts';
import { operations as stsOperations } from '../../src/operations/sts/index.ts';
import { createEdge } from '../../src/protocols/edge.ts';
import type { EdgeOptions } from '../../src/protocols/edge-interface.ts';
import { Sha256 } from './sdk.ts';

export const secret = 'edge-test-secret';
export const caller = {
  accountId: '111122223333',
  accessKeyId: 'AKIAEDGE',
  arn: 'arn:aws:iam::111122223333:root',
};
const credentials = { accessKeyId: caller.accessKeyId, secretAccessKey: secret };
export const blocks = new Map<number, Uint8Array>();
export const tags: unknown[] = [];

const ec2Operations = [
  operation('DescribeImages', async ({ Owners, ImageIds }, { region, caller }) => {
    if (ImageIds?.[0] === 'ami-crash') throw new TypeError('boom', { cause: new Error('the deeper reason') });
    return {
      Images: [
        {
          ImageId: `ami-${region.name}`,
          Name: Owners?.[0],
          OwnerId: caller.accountId,
          BlockDeviceMappings: [],
        },
      ],
    };
  }),
  operation('CreateTags', async ({ Tags }, { records }) => {
    await records.transaction(async () => tags.push(...Tags!));
    return {};
  }),
  operation('DeregisterImage', async () => {
    throw new ApiError('AuthFailure', 'Not authorized for image:ami-1 <&\'">', 403);
  }),
];
const ebsOperations = [
  ebsOperation('StartSnapshot', async ({ VolumeSize, Tags }) => ({
    SnapshotId: 'snap-1',
    VolumeSize,
    Tags,
    StartTime: new Date('2024-05-10T13:17:12.345Z'),
  })),
  ebsOperation('PutSnapshotBlock', async ({ BlockIndex, BlockData, Checksum }) => {
    blocks.set(BlockIndex!, BlockData as Uint8Array);
    return { Checksum, ChecksumAlgorithm: 'SHA256' as const };
  }),
  ebsOperation('GetSnapshotBlock', async ({ BlockIndex }) => {
    const data = blocks.get(BlockIndex!);
    if (!data) {
      const missing = new ApiError('ResourceNotFoundException', 'No such block');
      throw Object.assign(missing, { reason: 'SNAPSHOT_NOT_FOUND' });
    }
    return {
      DataLength: data.length,
      BlockData: data as never,
      Checksum: 'sum',
      ChecksumAlgorithm: 'SHA256' as const,
    };
  }),
  ebsOperation('CompleteSnapshot', async ({ ChangedBlocksCount }) => ({
    Status: ChangedBlocksCount === 1 ? ('completed' as const) : ('error' as const),
  })),
];

export const lines: Record<string, unknown>[] = [];
export const errors: Record<string, unknown>[] = [];
export const changed: string[] = [];

export const options: EdgeOptions = {
  services: {
    ec2: ec2Operations,
    ebs: ebsOperations,
    kms: kmsOperations,
    organizations: organizationsOperations,
    rbin: rbinOperations,
    ssm: ssmOperations,
    sts: stsOperations,
  },
  regions: ['us-east-1', 'eu-west-1'],
  authenticate: async id => (id === caller.accessKeyId ? { secret, caller } : undefined),
  contextFor: (region, caller) =>
    ['us-east-1', 'eu-west-1'].includes(region)
      ? ({
          caller,
          region: { name: region },
          records: { transaction: (work: () => unknown) => work() },
        } as unknown as Context)
      : undefined,
  afterChange: region => changed.push(region),
  log: {
    info: (_message, line) => lines.push({ ...line }),
    error: (_message, line) => errors.push({ ...line }),
  },
  published: path => (path === '/.well-known/certificate.pem' ? 'certificate' : undefined),
  clock: () => new Date(),
};
const address = { endpoint: '', port: 0 };

/** Runs the edge on a free port while a file's tests run, and forgets before each test what it did. */
export function useToyEdge() {
  const edge = createEdge(options);

  beforeAll(async () => {
    const { host, port } = await edge.listen('127.0.0.1', 0);
    Object.assign(address, { endpoint: `http://${host}:${port}`, port });
  });

  afterAll(() => edge.close());

  beforeEach(() => {
    for (const list of [lines, errors, changed, tags]) list.length = 0;
  });
}

/** For the SDK's clients. */
export const clientOptions = () => ({
  region: 'us-east-1',
  endpoint: address.endpoint,
  credentials,
  maxAttempts: 1,
});

/** For the SDK's signer. */
export const unsigned = (method: string, path: string, headers: Record<string, string> = {}) => ({
  method,
  path,
  protocol: 'http:',
  hostname: '127.0.0.1',
  query: {} as Record<string, string>,
  headers: { host: `127.0.0.1:${address.port}`, ...headers },
});

/** Sends bytes as they are, to paths and with headers that no client would. */
export function send(method: string, path: string, headers: Record<string, string>, body = Buffer.alloc(0)) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const outgoing = httpRequest(
        { host: '127.0.0.1', port: address.port, method, path, headers },
        response => {
          const chunks: Buffer[] = [];
          response.on('data', chunk => chunks.push(chunk));
          response.on('end', () =>
            resolve({
              status: response.statusCode!,
              headers: response.headers,
              text: Buffer.concat(chunks).toString(),
            }),
          );
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    },
  );
}

export function signer(service: string, region = 'us-east-1') {
  return new SignatureV4({ service, region, credentials, sha256: Sha256 });
}

export async function sendForm(form: string, service: string, region?: string, options = {}) {
  const type = 'application/x-www-form-urlencoded; charset=utf-8';
  const request = { ...unsigned('POST', '/', { 'content-type': type }), body: form };
  const signed = await signer(service, region).sign(request, options);
  return send('POST', '/', signed.headers, Buffer.from(form));
}
