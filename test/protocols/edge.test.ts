import {
  CreateTagsCommand,
  CreateVpcCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { operation } from '../../src/operations/ec2/operation.ts';
import { createEdge } from '../../src/protocols/edge.ts';
import {
  caller,
  changed,
  clientOptions,
  errors,
  lines,
  options,
  secret,
  send,
  sendForm,
  signer,
  tags,
  unsigned,
  useToyEdge,
} from './toy-edge.ts';

useToyEdge();

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
    const request = { ...unsigned('GET', '/'), query };
    const presigned = await signer('ec2').presign(request, { expiresIn: 60 });
    const response = await fetch(
      `${clientOptions().endpoint}/?${new URLSearchParams(presigned.query as Record<string, string>)}`,
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
      '<Code>UnknownService</Code><Message>The service iam is not served here; served are ec2, ebs, kms, organizations, rbin, ssm, sts',
    );
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
    const other = createEdge({
      ...options,
      services: { ec2: [slow], ebs: [], sts: [], kms: [], organizations: [], rbin: [], ssm: [] },
    });
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
    const body = Buffer.alloc(600 * 1024);
    const path = '/snapshots/snap-1/blocks/1';
    const request = { ...unsigned('PUT', path), body };
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

it('gives what is published to everybody, by GET alone', async () => {
  const path = '/.well-known/certificate.pem';
  const answer = await send('GET', path, {});
  expect(answer).toMatchObject({
    status: 200,
    text: 'certificate',
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  });
  expect((await send('POST', path, {})).status).not.toBe(200);
  expect((await send('GET', `${path}x`, {})).status).not.toBe(200);
});
