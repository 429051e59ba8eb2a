import { ObjectStoreFailed } from '../object-store.ts';
import { readListPage } from './answers.ts';
import { BrokenAnswer } from './exchange.ts';
import type { S3Requests } from './requests.ts';
import { MalformedXml } from './xml.ts';

/**
 * All objects whose keys begin with `prefix`, without the `root` that all keys of this store begin with. Each page must
 * lie behind the one before, so that a server that repeats itself is an error and not a list without end.
 */
export async function* listObjects(
  { send, where }: S3Requests,
  root: string,
  prefix: string,
): AsyncGenerator<{ key: string; size: number }> {
  const rooted = root && `${root}/`;
  let next: string | undefined;
  let last = '';
  do {
    const query: Record<string, string> = {
      'encoding-type': 'url',
      'list-type': '2',
      prefix: rooted + prefix,
    };
    if (next !== undefined) query['continuation-token'] = next;
    let page = { objects: [] } as ReturnType<typeof readListPage>;
    const check = ({ body }: { body: Buffer }) => {
      page = wellFormed(body);
    };
    await send({ method: 'GET', key: '', query, expected: ['200'], check });
    if (page.next !== undefined && page.objects.length === 0)
      throw new ObjectStoreFailed(`The list of ${where} goes on after an empty page`);
    for (const { key, size } of page.objects) {
      if (!key.startsWith(rooted + prefix) || Buffer.compare(Buffer.from(key), Buffer.from(last)) <= 0)
        throw new ObjectStoreFailed(
          `The list of ${where} has ${JSON.stringify(key)} where it does not belong`,
        );
      last = key;
      yield { key: key.slice(rooted.length), size };
    }
    next = page.next;
  } while (next !== undefined);
}

function wellFormed(body: Buffer): ReturnType<typeof readListPage> {
  try {
    return readListPage(body.toString());
  } catch (error) {
    if (error instanceof MalformedXml) throw new BrokenAnswer(error.message, { cause: error });
    throw error;
  }
}
