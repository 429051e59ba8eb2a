import { createHash } from 'node:crypto';
import {
  CompleteSnapshotCommand,
  EBSClient,
  GetSnapshotBlockCommand,
  PutSnapshotBlockCommand,
  StartSnapshotCommand,
} from '@aws-sdk/client-ebs';
import { describe, expect, it } from 'vitest';
import { blocks, changed, clientOptions, send, signer, unsigned, useToyEdge } from './toy-edge.ts';

useToyEdge();

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
    const parts = query ? Object.fromEntries(new URLSearchParams(query)) : {};
    const request = { ...unsigned(method, path), query: parts };
    const signed = await signer('ebs').sign(request);
    const response = await send(method, url, signed.headers);
    expect(response.status).toBe(status);
    expect(response.headers['x-amzn-errortype']).toBe(type);
    expect(JSON.parse(response.text)).toMatchObject({ Message: expect.any(String) });
  });

  it('accepts an unsigned body for PutSnapshotBlock alone', async () => {
    const attempt = async (method: string, path: string, body: string) => {
      const headers = {
        'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
        'x-amz-data-length': '4',
        'x-amz-checksum': 'c',
        'x-amz-checksum-algorithm': 'SHA256',
      };
      const request = { ...unsigned(method, path, headers), body };
      const signed = await signer('ebs').sign(request);
      return (await send(method, path, signed.headers, Buffer.from(body))).status;
    };
    expect(await attempt('PUT', '/snapshots/snap-1/blocks/5', 'data')).toBe(201);
    expect(Buffer.from(blocks.get(5)!).toString()).toBe('data');
    expect(await attempt('POST', '/snapshots', '{"VolumeSize":1}')).toBe(403);
  });
});
