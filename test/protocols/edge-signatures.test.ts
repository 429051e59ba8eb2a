import { EBSClient, ListSnapshotBlocksCommand } from '@aws-sdk/client-ebs';
import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { caller, clientOptions, lines, secret, send, sendForm, useToyEdge } from './toy-edge.ts';

useToyEdge();

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
