/** What S3 says in XML: lists of objects, and why it refused. */
import { childText, MalformedXml, parseXml } from './xml.ts';

export interface ListPage {
  objects: { key: string; size: number }[];
  /** Present when there are more pages. */
  next?: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html with `encoding-type=url`. @throws MalformedXml */
export function readListPage(document: string): ListPage {
  const root = parseXml(document);
  if (root.name !== 'ListBucketResult') throw new MalformedXml(`<${root.name}> is no list of objects`);
  const decode = childText(root, 'EncodingType') === 'url' ? decodeKey : (key: string) => key;
  const objects = root.children
    .filter(child => child.name === 'Contents')
    .map(child => {
      const [key, size] = [childText(child, 'Key'), childText(child, 'Size')];
      if (!key || !/^\d{1,15}$/.test(size ?? ''))
        throw new MalformedXml('<Contents> without its Key and Size');
      return { key: decode(key), size: Number(size) };
    });
  const truncated = childText(root, 'IsTruncated');
  if (truncated !== 'true' && truncated !== 'false')
    throw new MalformedXml('The list does not say whether it is all');
  if (truncated === 'false') return { objects };
  const next = childText(root, 'NextContinuationToken');
  if (!next) throw new MalformedXml('The list does not say how it goes on');
  return { objects, next };
}

/** The code of an error answer and what it says; undefined where the answer is none of S3's. */
export function readError(document: string): { code: string; message: string } | undefined {
  try {
    const root = parseXml(document);
    const code = childText(root, 'Code');
    if (root.name !== 'Error' || !code) return undefined;
    return { code, message: childText(root, 'Message') ?? '' };
  } catch (error) {
    if (error instanceof MalformedXml) return undefined;
    throw error;
  }
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (cause) {
    throw new MalformedXml('A key holds a malformed escape', { cause });
  }
}
