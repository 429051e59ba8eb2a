import { fileURLToPath } from 'node:url';
import type { S3Credentials, S3Location } from '../../stores/objects/s3/settings.ts';

export interface BlockServerOptions {
  /** Of the region's block store: `DATA/<region>/blocks`, made by the one that writes it before. */
  blocksFolder: string;
  /** Shorter than 108 bytes. */
  socketPath: string;
  /** 32 bytes. */
  masterKey: Buffer;
  /** Bytes of plain segments kept in memory, of all volumes together: 256 MiB unless said. */
  cacheBytes?: number;
  /** Where packs are, if not in the folder. */
  bucket?: BlockServerBucket;
}

export interface BlockServerBucket {
  location: S3Location;
  credentials: S3Credentials;
  /** What errors call it: its URL. */
  name: string;
}

/**
 * How to start the block server. The master key goes over standard input: not on the command line, where every user of
 * the machine reads it, and whole, so that key domains made later work too; the access key of a bucket goes the same way.
 * The folder is there to tell servers apart.
 */
export function blockServerCommand(options: BlockServerOptions): { argv: string[]; stdin: string } {
  const { blocksFolder, socketPath, masterKey, cacheBytes, bucket } = options;
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const line = { blocksFolder, socketPath, masterKey: masterKey.toString('base64'), cacheBytes, bucket };
  return { argv: [process.execPath, main, blocksFolder], stdin: `${JSON.stringify(line)}\n` };
}

/** Reads the line `blockServerCommand` made. @throws with the remedy */
export function parseBlockServerOptions(line: string): BlockServerOptions {
  const hint =
    'The block server reads one line of JSON {blocksFolder, socketPath, masterKey} from standard input';
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // The parser's own message would quote the line, and with it the key.
    throw new Error(hint);
  }
  const { blocksFolder, socketPath, masterKey, cacheBytes, bucket } = (value ?? {}) as Record<
    string,
    unknown
  >;
  if (typeof blocksFolder !== 'string' || typeof socketPath !== 'string' || typeof masterKey !== 'string')
    throw new Error(hint);
  if (Buffer.byteLength(socketPath) > 107)
    throw new Error(`The socket path ${socketPath} is longer than 107 bytes`);
  const key = Buffer.from(masterKey, 'base64');
  if (key.length !== 32) throw new Error('The master key must be 32 bytes in base64');
  if (cacheBytes !== undefined && (!Number.isSafeInteger(cacheBytes) || (cacheBytes as number) < 0))
    throw new Error('cacheBytes must be a number of bytes');
  return {
    ...{ blocksFolder, socketPath, masterKey: key },
    cacheBytes: cacheBytes as number | undefined,
    ...(bucket !== undefined && { bucket: parseBucket(bucket) }),
  };
}

function parseBucket(value: unknown): BlockServerBucket {
  const { location, credentials, name } = (value ?? {}) as Record<string, unknown>;
  const { bucket, prefix, endpoint, region, pathStyle } = (location ?? {}) as Record<string, unknown>;
  const { accessKeyId, secretAccessKey, sessionToken } = (credentials ?? {}) as Record<string, unknown>;
  const words = { bucket, prefix, endpoint, region, accessKeyId, secretAccessKey, name };
  const right =
    Object.values(words).every(word => typeof word === 'string') &&
    typeof pathStyle === 'boolean' &&
    (sessionToken === undefined || typeof sessionToken === 'string');
  if (!right) throw new Error('bucket must be {location, credentials, name}');
  return value as BlockServerBucket;
}
