import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import {
  CompleteSnapshotCommand,
  EBSClient,
  GetSnapshotBlockCommand,
  ListSnapshotBlocksCommand,
  PutSnapshotBlockCommand,
  StartSnapshotCommand,
} from '@aws-sdk/client-ebs';
import {
  CreateTagsCommand,
  CreateVpcCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../src/domain/errors.ts';
import type { Context } from '../../src/operations/context.ts';
import { operation as ebsOperation } from '../../src/operations/ebs/operation.ts';
import { operation } from '../../src/operations/ec2/operation.ts';
import { operations as stsOperations } from '../../src/operations/sts/index.ts';
import { createEdge, type EdgeOptions } from '../../src/protocols/edge.ts';
import { Sha256 } from './sdk.ts';

const secret = 'edge-test-secret';
const caller = { accountId: '111122223333', accessKeyId: 'AKIAEDGE', arn: 'arn:aws:iam::111122223333:root' };
const credentials = { accessKeyId: caller.accessKeyId, secretAccessKey: secret };
const blocks = new Map<number, Uint8Array>();
const tags: unknown[] = [];

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

const lines: Record<string, unknown>[] = [];
const errors: Record<string, unknown>[] = [];
const changed: string[] = [];

const options: EdgeOptions = {
  services: { ec2: ec2Operations, ebs: ebsOperations, sts: stsOperations },
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
  log: { info: line => lines.push(line), error: line => errors.push(line) },
  clock: () => new Date(),
};
const edge = createEdge(options);

let endpoint: string;
let port: number;
const clientOptions = () => ({ region: 'us-east-1', endpoint, credentials, maxAttempts: 1 });

beforeAll(async () => {
  const address = await edge.listen('127.0.0.1', 0);
  port = address.port;
  endpoint = `http://${address.host}:${port}`;
});

afterAll(() => edge.close());

beforeEach(() => {
  for (const list of [lines, errors, changed, tags]) list.length = 0;
});

/** Sends bytes as they are, signed by `sign` or not at all. */
function send(method: string, path: string, headers: Record<string, string>, body = Buffer.alloc(0)) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const outgoing = httpRequest({ host: '127.0.0.1', port, method, path, headers }, response => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        );
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    },
  );
}

function signer(service: string, region = 'us-east-1') {
  return new SignatureV4({ service, region, credentials, sha256: Sha256 });
}

async function sendForm(form: string, service: string, region?: string, options = {}) {
  const headers = {
    host: `127.0.0.1:${port}`,
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
  };
  const request = {
    method: 'POST',
    protocol: 'http:',
    hostname: '127.0.0.1',
    path: '/',
    query: {},
    headers,
    body: form,
  };
  const signed = await signer(service, region).sign(request, options);
  return send('POST', '/', signed.headers, Buffer.from(form));
}

describe('EC2', () => {
  it('serves the SDK in the region its signature names, with the request id in header and body', async () => {
    for (const region of ['us-east-1', 'eu-west-1']) {
      const result = await new EC2Client({ ...clientOptions(), region }).send(
        new DescribeImagesCommand({ Owners: ['é &<'] }),
      );
      expect(result.Images).toEqual([
        { ImageId: `ami-${region}`, Name: 'é &<', OwnerId: caller.accountId, BlockDeviceMappings: [] },
      ]);
      expect(result.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
      expect(lines.at(-1)).toMatchObject({
        requestId: result.$metadata.requestId,
        service: 'ec2',
        region,
        action: 'DescribeImages',
        accountId: caller.accountId,
        status: 200,
      });
    }
    expect(changed).toEqual([]);
  });

  it('answers errors with their code, text and status', async () => {
    const call = new EC2Client(clientOptions()).send(new DeregisterImageCommand({ ImageId: 'ami-1' }));
    await expect(call).rejects.toMatchObject({
      name: 'AuthFailure',
      message: 'Not authorized for image:ami-1 <&\'">',
      $metadata: { httpStatusCode: 403, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });

  it('refuses an action it does not serve, whether or not EC2 has it', async () => {
    const call = new EC2Client(clientOptions()).send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    await expect(call).rejects.toMatchObject({
      name: 'InvalidAction',
      message: 'The action CreateVpc is not valid for this web service.',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('says of its own faults only that there was one, and writes the rest to the log under the request id', async () => {
    const call = new EC2Client(clientOptions()).send(new DescribeImagesCommand({ ImageIds: ['ami-crash'] }));
    const error = await call.catch(error => error);
    expect(error).toMatchObject({ name: 'InternalError', $metadata: { httpStatusCode: 500 } });
    expect(error.message).not.toContain('boom');
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ requestId: error.$metadata.requestId, action: 'DescribeImages' });
    expect(errors[0]!.error).toMatch(/TypeError: boom.*caused by: Error: the deeper reason/s);
    expect(JSON.stringify([lines, errors])).not.toContain(secret);
  });

  it('tells the region after a change, not after a failure or a dry run', async () => {
    const client = new EC2Client(clientOptions());
    const input = { Resources: ['ami-1'], Tags: [{ Key: 'k', Value: '' }] };
    await expect(client.send(new CreateTagsCommand({ ...input, DryRun: true }))).rejects.toMatchObject({
      name: 'DryRunOperation',
      $metadata: { httpStatusCode: 412 },
    });
    await client.send(new DeregisterImageCommand({ ImageId: 'ami-1' })).catch(() => {});
    expect(changed).toEqual([]);
    tags.length = 0;
    await client.send(new CreateTagsCommand(input));
    expect(changed).toEqual(['us-east-1']);
    expect(tags).toEqual([{ Key: 'k', Value: '' }]);
  });

  it('serves a presigned GET', async () => {
    const query = { Action: 'DescribeImages', Version: '2012-12-01', 'Owner.1': 'a b+c' };
    const headers = { host: `127.0.0.1:${port}` };
    const request = { method: 'GET', protocol: 'http:', hostname: '127.0.0.1', path: '/', query, headers };
    const presigned = await signer('ec2').presign(request, { expiresIn: 60 });
    const response = await fetch(
      `${endpoint}/?${new URLSearchParams(presigned.query as Record<string, string>)}`,
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/xml;charset=UTF-8');
    const text = await response.text();
    expect(text).toContain(
      '<DescribeImagesResponse xmlns="http://ec2.amazonaws.com/doc/2012-12-01/"><requestId>',
    );
    expect(text).toContain('<name>a b+c</name>');
    expect(text).toContain(response.headers.get('x-amzn-requestid'));
  });
});

describe('signatures', () => {
  it.each([
    ['an unknown key', { accessKeyId: 'AKIANOBODY', secretAccessKey: secret }],
    ['a wrong secret', { accessKeyId: caller.accessKeyId, secretAccessKey: 'wrong' }],
  ])('of %s are refused alike by EC2', async (_name, wrong) => {
    const call = new EC2Client({ ...clientOptions(), credentials: wrong }).send(new DescribeImagesCommand());
    await expect(call).rejects.toMatchObject({
      name: 'AuthFailure',
      message: 'AWS was not able to validate the provided access credentials',
      $metadata: { httpStatusCode: 401 },
    });
    expect(lines.at(-1)).toMatchObject({ service: 'ec2', code: 'AuthFailure', status: 401 });
  });

  it.each([
    [
      'InvalidClientTokenId',
      'UnrecognizedClientException',
      { accessKeyId: 'AKIANOBODY', secretAccessKey: secret },
    ],
    [
      'SignatureDoesNotMatch',
      'InvalidSignatureException',
      { accessKeyId: caller.accessKeyId, secretAccessKey: 'wrong' },
    ],
  ])('that fail are %s to STS and %s to EBS', async (stsCode, ebsCode, wrong) => {
    const options = { ...clientOptions(), credentials: wrong };
    const $metadata = { httpStatusCode: 403 };
    const sts = new STSClient(options).send(new GetCallerIdentityCommand());
    await expect(sts).rejects.toMatchObject({ name: stsCode, $metadata });
    const ebs = new EBSClient(options).send(new ListSnapshotBlocksCommand({ SnapshotId: 'snap-1' }));
    await expect(ebs).rejects.toMatchObject({ name: ebsCode, $metadata });
  });

  it.each([-301_000, 301_000])('from a clock %i ms away are expired', async milliseconds => {
    const signingDate = new Date(Date.now() + milliseconds);
    const { status, text } = await sendForm('Action=DescribeImages', 'ec2', 'us-east-1', { signingDate });
    expect(status).toBe(400);
    expect(text).toContain('<Code>RequestExpired</Code>');
  });

  it('that are missing or malformed are refused', async () => {
    const missing = await send('POST', '/', {}, Buffer.from('Action=DescribeImages'));
    expect(missing.status).toBe(403);
    expect(missing.text).toContain('<Response><Errors><Error><Code>MissingAuthenticationToken</Code>');
    const malformed = await send(
      'POST',
      '/',
      { authorization: 'AWS4-HMAC-SHA256 nonsense' },
      Buffer.from('Action=X'),
    );
    expect(malformed.text).toContain('<Code>IncompleteSignature</Code>');
    const path = await send('GET', '/snapshots/snap-1/blocks', {});
    expect(path).toMatchObject({
      status: 403,
      headers: { 'x-amzn-errortype': 'MissingAuthenticationTokenException' },
    });
  });

  it('for a region that is not served name those that are', async () => {
    const { status, text } = await sendForm(
      'Action=DescribeImages&Version=2016-11-15',
      'ec2',
      'mars-north-1',
    );
    expect(status).toBe(400);
    expect(text).toContain(
      '<Code>InvalidRegion</Code><Message>The region mars-north-1 is not served here; served are us-east-1, eu-west-1',
    );
  });
});

describe('routing', () => {
  it('answers STS calls signed for any region', async () => {
    for (const region of ['us-east-1', 'ap-south-2', 'aws-global']) {
      const identity = await new STSClient({ ...clientOptions(), region }).send(
        new GetCallerIdentityCommand(),
      );
      expect(identity).toMatchObject({
        Account: caller.accountId,
        Arn: caller.arn,
        UserId: caller.accountId,
      });
    }
  });

  it('knows STS and IAM calls by their version even when signed for ec2, as Packer sends all to one URL', async () => {
    const sts = await sendForm('Action=GetCallerIdentity&Version=2011-06-15', 'ec2');
    expect(sts.text).toMatch(
      /<GetCallerIdentityResponse xmlns="https:\/\/sts.amazonaws.com\/doc\/2011-06-15\/"><GetCallerIdentityResult><UserId>/,
    );
    const iam = await sendForm('Action=GetInstanceProfile&Version=2010-05-08', 'ec2');
    expect(iam.status).toBe(400);
    expect(iam.text).toContain(
      '<Code>UnknownService</Code><Message>The service iam is not served here; served are ec2, ebs, sts',
    );
  });
});

describe('EBS', () => {
  const data = Buffer.alloc(524_288, 7);
  const Checksum = createHash('sha256').update(data).digest('base64');

  it('takes and gives blocks, JSON and statuses as the SDK expects them', async () => {
    const client = new EBSClient(clientOptions());
    const started = await client.send(
      new StartSnapshotCommand({ VolumeSize: 1, Tags: [{ Key: 'a', Value: 'é' }] }),
    );
    expect(started).toMatchObject({
      SnapshotId: 'snap-1',
      VolumeSize: 1,
      Tags: [{ Key: 'a', Value: 'é' }],
      StartTime: new Date('2024-05-10T13:17:12.345Z'),
      $metadata: { httpStatusCode: 201, requestId: expect.any(String) },
    });
    const block = {
      SnapshotId: 'snap-1',
      BlockIndex: 3,
      DataLength: data.length,
      Checksum,
      ChecksumAlgorithm: 'SHA256' as const,
    };
    const put = await client.send(new PutSnapshotBlockCommand({ ...block, BlockData: data }));
    expect(put).toMatchObject({ Checksum, $metadata: { httpStatusCode: 201 } });
    const got = await client.send(
      new GetSnapshotBlockCommand({ SnapshotId: 'snap-1', BlockIndex: 3, BlockToken: 't' }),
    );
    expect(got.DataLength).toBe(data.length);
    expect(Buffer.compare(await got.BlockData!.transformToByteArray(), data)).toBe(0);
    const completed = await client.send(
      new CompleteSnapshotCommand({ SnapshotId: 'snap-1', ChangedBlocksCount: 1 }),
    );
    expect(completed).toMatchObject({ Status: 'completed', $metadata: { httpStatusCode: 202 } });
    expect(changed).toEqual(['us-east-1', 'us-east-1', 'us-east-1']);
  });

  it('answers errors with type, status and reason of the model', async () => {
    const call = new EBSClient(clientOptions()).send(
      new GetSnapshotBlockCommand({ SnapshotId: 'snap-1', BlockIndex: 99, BlockToken: 't' }),
    );
    await expect(call).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'No such block',
      Reason: 'SNAPSHOT_NOT_FOUND',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it.each([
    ['GET', '/snapshots/snap-1/blocks/x?blockToken=t', 'ValidationException', 400],
    ['GET', '/snapshots/snap-1/blocks/1', 'ValidationException', 400],
    ['POST', '/snapshots', 'ValidationException', 400],
    ['DELETE', '/snapshots/snap-1', 'UnknownOperationException', 404],
    ['GET', '/snapshots/snap-1/blocks', 'UnknownOperationException', 404],
  ])('refuses %s %s as %s', async (method, url, type, status) => {
    const [path, query] = url.split('?') as [string, string?];
    const headers = { host: `127.0.0.1:${port}` };
    const parts = query ? Object.fromEntries(new URLSearchParams(query)) : {};
    const request = { method, protocol: 'http:', hostname: '127.0.0.1', path, query: parts, headers };
    const signed = await signer('ebs').sign(request);
    const response = await send(method, url, signed.headers);
    expect(response.status).toBe(status);
    expect(response.headers['x-amzn-errortype']).toBe(type);
    expect(JSON.parse(response.text)).toMatchObject({ Message: expect.any(String) });
  });

  it('accepts an unsigned body for PutSnapshotBlock alone', async () => {
    const attempt = async (method: string, path: string, body: string) => {
      const headers = {
        host: `127.0.0.1:${port}`,
        'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
        'x-amz-data-length': '4',
        'x-amz-checksum': 'c',
        'x-amz-checksum-algorithm': 'SHA256',
      };
      const request = { method, protocol: 'http:', hostname: '127.0.0.1', path, query: {}, headers, body };
      const signed = await signer('ebs').sign(request);
      return (await send(method, path, signed.headers, Buffer.from(body))).status;
    };
    expect(await attempt('PUT', '/snapshots/snap-1/blocks/5', 'data')).toBe(201);
    expect(Buffer.from(blocks.get(5)!).toString()).toBe('data');
    expect(await attempt('POST', '/snapshots', '{"VolumeSize":1}')).toBe(403);
  });
});

describe('closing', () => {
  it('lets a request under way finish', async () => {
    let release = () => {};
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    let entered = () => {};
    const running = new Promise<void>(resolve => {
      entered = resolve;
    });
    const slow = operation('DescribeImages', async () => {
      entered();
      await held;
      return { Images: [] };
    });
    const other = createEdge({ ...options, services: { ec2: [slow], ebs: [], sts: [] } });
    const address = await other.listen('127.0.0.1', 0);
    const client = new EC2Client({ ...clientOptions(), endpoint: `http://127.0.0.1:${address.port}` });
    const call = client.send(new DescribeImagesCommand());
    await running;
    const closed = other.close();
    release();
    expect((await call).Images).toEqual([]);
    await closed;
    await expect(client.send(new DescribeImagesCommand())).rejects.toMatchObject({
      code: expect.stringMatching(/^ECONN/),
    });
  });
});

describe('limits', () => {
  it('refuses a form over 1 MiB and a block over its size with 413, in the envelope of the service', async () => {
    const form = await sendForm(`Action=DescribeImages&NextToken=${'a'.repeat(1024 * 1024)}`, 'ec2');
    expect(form.status).toBe(413);
    expect(form.text).toContain('<Response><Errors><Error><Code>RequestEntityTooLarge</Code>');
    const headers = { host: `127.0.0.1:${port}` };
    const body = Buffer.alloc(600 * 1024);
    const path = '/snapshots/snap-1/blocks/1';
    const request = {
      method: 'PUT',
      protocol: 'http:',
      hostname: '127.0.0.1',
      path,
      query: {},
      headers,
      body,
    };
    const block = await send('PUT', path, (await signer('ebs').sign(request)).headers, body);
    expect(block).toMatchObject({ status: 413, headers: { 'x-amzn-errortype': 'RequestEntityTooLarge' } });
  });

  it.each(['http://elsewhere/', '/%zz?%zz', '/?Action=%ff&X-Amz-Signature=%'])(
    'answers the URL %s with an error of the API',
    async path => {
      const { status, text, headers } = await send('GET', path, {});
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(text).toMatch(/<Code>\w+<\/Code>/);
      expect(headers['x-amzn-requestid']).toBeDefined();
      expect(errors).toEqual([]);
    },
  );
});
