/** Certificates that vouch for themselves: X.509 version 3, RFC 5280. */
import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import {
  bits,
  identifier,
  integer,
  nothing,
  numbered,
  printable,
  sequence,
  setOf,
  time,
  utf8,
} from './der.ts';

export interface Certificate {
  /** The whole certificate, in DER. */
  der: Buffer;
  pem: string;
  /** Who issued it and under which number, as signatures refer to it. */
  issuerAndSerial: Buffer;
}

export interface CertificateRequest {
  privateKey: KeyObject;
  /** What the certificate is about, e.g. `Instance identity, us-east-1`. */
  commonName: string;
  organization: string;
  serial: Uint8Array;
  notBefore: Date;
  notAfter: Date;
}

export const oids = {
  rsaEncryption: '1.2.840.113549.1.1.1',
  sha256WithRsa: '1.2.840.113549.1.1.11',
  dsaWithSha1: '1.2.840.10040.4.3',
  dsaWithSha256: '2.16.840.1.101.3.4.3.2',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  country: '2.5.4.6',
  organization: '2.5.4.10',
  commonName: '2.5.4.3',
} as const;

/** An algorithm without parameters: RSA's and the digests' say so, DSA's have none to say. */
export const algorithm = (oid: string) =>
  oid === oids.dsaWithSha1 || oid === oids.dsaWithSha256
    ? sequence(identifier(oid))
    : sequence(identifier(oid), nothing());

export function selfSigned(request: CertificateRequest): Certificate {
  const { privateKey, serial } = request;
  const name = sequence(
    attribute(oids.country, printable('US')),
    attribute(oids.organization, utf8(request.organization)),
    attribute(oids.commonName, utf8(request.commonName)),
  );
  const signedWith = algorithm(
    privateKey.asymmetricKeyType === 'dsa' ? oids.dsaWithSha256 : oids.sha256WithRsa,
  );
  const publicKey = createPublicKey(privateKey as never).export({ format: 'der', type: 'spki' });
  const toBeSigned = sequence(
    numbered(0, integer(Buffer.from([2]))),
    integer(serial),
    signedWith,
    name,
    sequence(time(request.notBefore), time(request.notAfter)),
    name,
    publicKey,
  );
  const der = sequence(toBeSigned, signedWith, bits(sign('sha256', toBeSigned, privateKey)));
  return { der, pem: pem('CERTIFICATE', der), issuerAndSerial: sequence(name, integer(serial)) };
}

/** What a certificate that was kept says of itself. */
export function issuerAndSerialOf(certificate: Buffer): Buffer {
  const [toBeSigned] = children(certificate);
  const [, serial, , issuer] = children(toBeSigned!);
  return sequence(issuer!, serial!);
}

export function pem(label: string, der: Buffer): string {
  return `-----BEGIN ${label}-----\n${base64Lines(der)}\n-----END ${label}-----\n`;
}

export function base64Lines(bytes: Buffer): string {
  return bytes.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
}

function attribute(oid: string, value: Buffer): Buffer {
  return setOf(sequence(identifier(oid), value));
}

/** The values in a value. Of our own making: nothing is checked. */
function children(value: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = head(value, 0).start; at < value.length; ) {
    const { start, length } = head(value, at);
    found.push(value.subarray(at, start + length));
    at = start + length;
  }
  return found;
}

function head(value: Buffer, at: number): { start: number; length: number } {
  const first = value[at + 1]!;
  if (first < 0x80) return { start: at + 2, length: first };
  const size = first - 0x80;
  return { start: at + 2 + size, length: value.readUIntBE(at + 2, size) };
}
