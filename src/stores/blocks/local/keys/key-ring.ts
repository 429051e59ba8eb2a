/**
 * Data keys, one per key domain, each in a file of its own under the master key (AES-256-GCM, big-endian):
 *
 *     "AMITYKEY"  version u16  domain (u16 length, UTF-8)  |  iv 12  wrapped key 32  tag 16
 *
 * A key that was destroyed leaves an empty file behind, `.gone`, so that its domain gets no other.
 * What stands before the iv is associated data: a key file given another domain's name does not open.
 */
import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';
import { access, constants, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ObjectConflict, type ObjectStore } from '../../../objects/object-store.ts';
import { syncFolder, writeDurably } from '../files/durable-file.ts';
import { byteReader, MalformedFile, text, u16 } from '../formats/byte-reader.ts';
import { ivLength, maxDomainLength, tagLength } from '../formats/stored-block.ts';
import { type DomainKeys, domainKeys } from './domain-keys.ts';

const magic = Buffer.from('AMITYKEY');
const version = 1;
const keyLength = 32;

export interface KeyRing {
  /** The domain's keys; undefined if it has none yet. @throws if the master key does not open it. */
  find(domain: string): Promise<DomainKeys | undefined>;
  /** The domain's keys, its data key made and stored durably on first use. */
  findOrCreate(domain: string): Promise<DomainKeys>;
  /** Destroys the domain's data key for good. */
  forget(domain: string): Promise<void>;
  isForgotten(domain: string): Promise<boolean>;
  /** Opens one key, if there is any. @throws if the master key opens none: it is not the one they were stored under. */
  check(): Promise<void>;
}

/**
 * @param folder of the key files
 * @param masterKey 32 bytes
 * @param objects where a key is put before it is used, and destroyed before it is destroyed here
 */
export function keyRing(folder: string, masterKey: Buffer, objects?: ObjectStore): KeyRing {
  if (masterKey.length !== keyLength)
    throw new Error(`The master key must have ${keyLength} bytes, not ${masterKey.length}`);
  const known = new Map<string, Promise<DomainKeys | undefined>>();
  const nameOf = (domain: string, kind: 'key' | 'gone') => `${hash('sha256', domain, 'hex')}.${kind}`;
  const pathOf = (domain: string) => join(folder, nameOf(domain, 'key'));
  const gonePathOf = (domain: string) => join(folder, nameOf(domain, 'gone'));
  const objectOf = (domain: string, kind: 'key' | 'gone') => `keys/${nameOf(domain, kind)}`;

  const load = async (domain: string) => {
    const file = await readFile(pathOf(domain)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    return file && domainKeys(domain, unwrapKey(file, domain, masterKey));
  };
  const isForgotten = (domain: string) => access(gonePathOf(domain)).then(() => true, ignoreAbsence);
  /** The key that counts: one put earlier, where the answer to that was lost, or this one. */
  const putKey = async (domain: string, wrapped: Buffer): Promise<Buffer> => {
    try {
      await objects?.put(objectOf(domain, 'key'), wrapped, { ifAbsent: true });
      return wrapped;
    } catch (error) {
      if (!(error instanceof ObjectConflict)) throw error;
      return objects!.get(objectOf(domain, 'key'));
    }
  };
  const create = async (domain: string) => {
    if (await isForgotten(domain)) throw new Error(`The data key of key domain ${domain} is destroyed`);
    const wrapped = await putKey(domain, wrapKey(randomBytes(keyLength), domain, masterKey));
    const dataKey = unwrapKey(wrapped, domain, masterKey);
    await writeDurably(pathOf(domain), wrapped);
    return domainKeys(domain, dataKey);
  };
  /** Remembers an answer, but not a failure or an absence: a key may be made by another process. */
  const remember = (domain: string, answer: Promise<DomainKeys | undefined>) => {
    known.set(domain, answer);
    const forget = () => known.get(domain) === answer && known.delete(domain);
    answer.then(keys => keys ?? forget(), forget);
    return answer;
  };

  return {
    find: domain => known.get(domain) ?? remember(domain, load(domain)),
    async findOrCreate(domain) {
      const earlier = await (known.get(domain) ?? remember(domain, load(domain)));
      if (earlier) return earlier;
      const made = known.get(domain) ?? remember(domain, create(domain));
      return (await made)!;
    },
    isForgotten,
    async forget(domain) {
      await objects?.put(objectOf(domain, 'gone'), Buffer.alloc(0));
      await objects?.delete(objectOf(domain, 'key'));
      // Renamed first: the name under which keys are looked for never leads to half a key.
      await rename(pathOf(domain), gonePathOf(domain)).catch(ignoreAbsence);
      known.delete(domain);
      await erase(gonePathOf(domain));
      await syncFolder(folder);
    },
    async check() {
      let failure: unknown;
      for (const name of await readdir(folder)) {
        if (!name.endsWith('.key')) continue;
        try {
          unwrapKey(await readFile(join(folder, name)), undefined, masterKey);
          return;
        } catch (error) {
          failure ??= error;
        }
      }
      if (failure !== undefined) throw failure;
    },
  };
}

/** Overwrites a file and leaves it empty. What the disk under the file system keeps of it is the disk's. */
async function erase(path: string): Promise<void> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    const { size } = await file.stat();
    await file.write(Buffer.alloc(size), 0, size, 0);
    await file.sync();
    await file.truncate(0);
    await file.sync();
  } finally {
    await file.close();
  }
}

function ignoreAbsence(error: NodeJS.ErrnoException): false {
  if (error.code !== 'ENOENT') throw error;
  return false;
}

export function wrapKey(dataKey: Buffer, domain: string, masterKey: Buffer): Buffer {
  const head = Buffer.concat([magic, u16(version), text(domain)]);
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv('aes-256-gcm', masterKey, iv, { authTagLength: tagLength });
  cipher.setAAD(head);
  return Buffer.concat([head, iv, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
}

/** @param expected the key domain it must be of; undefined: any */
export function unwrapKey(file: Buffer, expected: string | undefined, masterKey: Buffer): Buffer {
  const reader = byteReader(file, 'Key file');
  if (!reader.bytes(8, 'its magic').equals(magic))
    throw new MalformedFile('Key file does not begin with AMITYKEY');
  const found = reader.u16('its version');
  if (found !== version)
    throw new MalformedFile(`Key file has version ${found}; this program reads ${version}`);
  const domain = reader.text('its key domain', maxDomainLength);
  if (expected !== undefined && domain !== expected)
    throw new MalformedFile(`Key file is that of key domain ${domain}, not ${expected}`);
  const head = file.subarray(0, reader.position);
  const iv = reader.bytes(ivLength, 'its iv');
  const wrapped = reader.bytes(keyLength, 'its key');
  const tag = reader.bytes(tagLength, 'its tag');
  reader.end();
  const decipher = createDecipheriv('aes-256-gcm', masterKey, iv, { authTagLength: tagLength });
  decipher.setAAD(head);
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(wrapped), decipher.final()]);
  } catch (cause) {
    const message = `The master key does not open the data key of key domain ${domain}: use the master key file this store was made with`;
    throw new Error(message, { cause });
  }
}
