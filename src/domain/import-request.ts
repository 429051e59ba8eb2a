import {
  fail,
  invalidParameterCombination,
  invalidParameterValue,
  missingParameter,
  unsupportedOperation,
} from './errors.ts';
import { type ImportFormat, type ImportSnapshotTask, importFormats } from './import-task.ts';

/** A disk container as the API receives it. */
export interface DiskContainerRequest {
  Description?: string;
  Format?: string;
  Url?: string;
  UserBucket?: { S3Bucket?: string; S3Key?: string };
}

const longestUrl = 2048;

/** What is to be imported. @throws MissingParameter, InvalidParameter…, UnsupportedOperation for S3 */
export function settleContainer(
  container: DiskContainerRequest | undefined,
): ImportSnapshotTask['container'] {
  if (!container) throw missingParameter('DiskContainer');
  const { Description, Format, Url, UserBucket } = container;
  const bucket = UserBucket?.S3Bucket || UserBucket?.S3Key;
  if (Url && bucket)
    throw invalidParameterCombination(
      'The parameter DiskContainer.Url cannot be used with the parameter DiskContainer.UserBucket',
    );
  if (bucket) throw s3NotServed('DiskContainer.UserBucket');
  if (!Url) throw missingParameter('DiskContainer.Url');
  const url = settleUrl(Url);
  return { format: settleFormat(Format), url, ...(Description && { description: Description }) };
}

/** Case does not matter, as in the documentation's own examples. */
function settleFormat(format: string | undefined): ImportFormat {
  if (!format) throw missingParameter('DiskContainer.Format');
  return (
    importFormats.find(one => one === format.toUpperCase()) ??
    fail(
      invalidParameterValue(
        `Value (${format.slice(0, 100)}) for parameter DiskContainer.Format is invalid. Use one of ${importFormats.join(', ')}.`,
      ),
    )
  );
}

function settleUrl(text: string): string {
  const invalid = (why: string) =>
    invalidParameterValue(`The value of parameter DiskContainer.Url is invalid: ${why}`);
  if (text.length > longestUrl) throw invalid(`it has more than ${longestUrl} characters.`);
  if (/^s3:/i.test(text)) throw s3NotServed('an s3:// URL');
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw invalid('use an https:// or http:// URL of the disk file.');
  if (url.username || url.password) throw invalid('it must not hold a user name or password.');
  return url.href;
}

const s3NotServed = (what: string) =>
  unsupportedOperation(`Disks in S3 are not served yet: instead of ${what} give an https:// or http:// URL.`);
