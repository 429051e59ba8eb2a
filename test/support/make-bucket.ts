import { createHash } from 'node:crypto';
import type { S3Credentials, S3Location } from '../../src/stores/objects/s3/settings.ts';
import { signedHeaders } from '../../src/stores/objects/s3/sign.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
export async function makeBucket(
  { endpoint, bucket, region }: S3Location,
  credentials: S3Credentials,
): Promise<void> {
  const digest = createHash('sha256').digest('hex');
  const unsigned = {
    method: 'PUT',
    path: `/${bucket}`,
    query: '',
    headers: { host: new URL(endpoint).host },
  };
  const headers = signedHeaders({ ...unsigned, digest }, credentials, region, new Date());
  const answer = await fetch(`${endpoint}/${bucket}`, { method: 'PUT', headers });
  if (!answer.ok) throw new Error(`No bucket ${bucket}: ${answer.status} ${await answer.text()}`);
}
