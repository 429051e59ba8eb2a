/** A region's own keys for identity documents, made once and kept in a folder. */
import {
  createPrivateKey,
  generateKeyPair,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { IdentitySignatures } from '../domain/vpc-plan-types.ts';
import { base64Lines, issuerAndSerialOf, selfSigned } from './certificate.ts';
import type { IdentitySigner } from './identity-signer.ts';
import { type Signer, signMessage } from './signed-data.ts';

/** A key with its certificate, both in PEM. */
interface Pair {
  key: string;
  certificate: string;
}

type Pairs = Record<'rsa' | 'dsa', Pair>;

/** Certificates outlast whatever is verified with them, as AWS's do. */
const validYears = 100;
/** Documents whose signatures are remembered: those of the instances that run. */
const mostRemembered = 4_096;

/** Reads the keys of `folder`, or makes them there: `rsa.key`, `rsa.pem`, `dsa.key`, `dsa.pem`. */
export async function openIdentitySigner(
  folder: string,
  region: string,
  now: () => Date,
): Promise<IdentitySigner> {
  const pairs = (await read(folder)) ?? (await keep(folder, await makePairs(region, now())));
  return identitySigner(pairs, now);
}

/** Keys that end with the process, for tests. */
export async function memoryIdentitySigner(region: string, now: () => Date): Promise<IdentitySigner> {
  return identitySigner(await makePairs(region, now()), now);
}

function identitySigner(pairs: Pairs, now: () => Date): IdentitySigner {
  const rsa = signerOf(pairs.rsa, 'sha256');
  const dsa = signerOf(pairs.dsa, 'sha1');
  const remembered = new Map<string, IdentitySignatures>();

  function signAnew(document: string): IdentitySignatures {
    const bytes = Buffer.from(document);
    return {
      signature: base64Lines(sign('sha256', bytes, rsa.privateKey)),
      rsa2048: base64Lines(signMessage(bytes, rsa, now())),
      pkcs7: base64Lines(signMessage(bytes, dsa, now())),
    };
  }

  return {
    certificates: { rsa: pairs.rsa.certificate, dsa: pairs.dsa.certificate },
    sign(document) {
      const signatures = remembered.get(document) ?? signAnew(document);
      // The one used last comes last, so that the first is the one to forget.
      remembered.delete(document);
      remembered.set(document, signatures);
      if (remembered.size > mostRemembered) remembered.delete(remembered.keys().next().value!);
      return signatures;
    },
  };
}

function signerOf({ key, certificate }: Pair, digest: Signer['digest']): Signer {
  const { raw } = new X509Certificate(certificate);
  return { privateKey: createPrivateKey(key), issuerAndSerial: issuerAndSerialOf(raw), digest };
}

async function makePairs(region: string, now: Date): Promise<Pairs> {
  const generate = promisify(generateKeyPair);
  const rsa = await generate('rsa', { modulusLength: 2048 });
  // SHA-1 calls for a key of this size.
  const dsa = await generate('dsa', { modulusLength: 1024, divisorLength: 160 });
  return { rsa: pairOf(rsa.privateKey, region, now), dsa: pairOf(dsa.privateKey, region, now) };
}

function pairOf(privateKey: KeyObject, region: string, now: Date): Pair {
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + validYears);
  const certificate = selfSigned({
    ...{ privateKey, notBefore: now, notAfter },
    organization: 'Amity',
    commonName: `Instance identity of ${region}`,
    serial: randomBytes(8),
  });
  return {
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    certificate: certificate.pem,
  };
}

async function read(folder: string): Promise<Pairs | undefined> {
  const pair = async (name: string): Promise<Pair> => ({
    key: await readFile(join(folder, `${name}.key`), 'utf8'),
    certificate: await readFile(join(folder, `${name}.pem`), 'utf8'),
  });
  try {
    return { rsa: await pair('rsa'), dsa: await pair('dsa') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The folder is there whole or not at all. */
async function keep(folder: string, pairs: Pairs): Promise<Pairs> {
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  for (const [name, { key, certificate }] of Object.entries(pairs)) {
    await writeFile(join(draft, `${name}.key`), key, { mode: 0o600, flush: true });
    await writeFile(join(draft, `${name}.pem`), certificate, { flush: true });
  }
  await rm(folder, { recursive: true, force: true });
  await rename(draft, folder);
  return pairs;
}
