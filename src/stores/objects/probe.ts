import { randomBytes } from 'node:crypto';
import { ObjectConflict, type ObjectStore, ObjectStoreFailed } from './object-store.ts';

/**
 * Does once with an object of its own what a block store will do with others: put, not put over it, read a piece, list,
 * delete. @throws ObjectStoreFailed with what does not work
 */
export async function probeObjects(objects: ObjectStore): Promise<void> {
  const key = `probe/${randomBytes(12).toString('hex')}`;
  await objects.put(key, Buffer.from('first'), { ifAbsent: true });
  try {
    const kept = await objects.put(key, Buffer.from('other'), { ifAbsent: true }).then(
      () => false,
      error => {
        if (error instanceof ObjectConflict) return true;
        throw error;
      },
    );
    if (!kept)
      throw new ObjectStoreFailed(
        'It writes over objects in spite of If-None-Match: * and cannot hold blocks',
      );
    if ((await objects.get(key, { offset: 1, length: 3 })).toString() !== 'irs')
      throw new ObjectStoreFailed('It answers other bytes than were put');
    let listed = false;
    for await (const found of objects.list(key)) listed ||= found.key === key;
    if (!listed) throw new ObjectStoreFailed('It does not list an object that was just put');
  } finally {
    await objects.delete(key);
  }
}
