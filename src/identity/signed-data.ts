/** PKCS #7 messages that carry what they sign (RFC 2315, 9); the certificate comes by another way. */
import { createHash, type KeyObject, sign } from 'node:crypto';
import { algorithm, oids } from './certificate.ts';
import { identifier, integer, numbered, octets, sequence, setOf, tagged, time } from './der.ts';

const data = '1.2.840.113549.1.7.1';
const signedData = '1.2.840.113549.1.7.2';
const attributes = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
};

export interface Signer {
  privateKey: KeyObject;
  /** Of the signer's certificate. */
  issuerAndSerial: Buffer;
  digest: 'sha1' | 'sha256';
}

/** The message in DER. */
export function signMessage(content: Buffer, signer: Signer, signingTime: Date): Buffer {
  const one = integer(Buffer.from([1]));
  const digest = algorithm(oids[signer.digest]);
  const signed = [
    attribute(attributes.contentType, identifier(data)),
    attribute(attributes.signingTime, time(signingTime)),
    attribute(attributes.messageDigest, octets(createHash(signer.digest).update(content).digest())),
  ];
  // Signed as the set it is, sent under the number 0.
  const set = setOf(...signed);
  const sent = tagged(0xa0, ...signed.toSorted(Buffer.compare));
  const isDsa = signer.privateKey.asymmetricKeyType === 'dsa';
  const signerInfo = sequence(
    one,
    signer.issuerAndSerial,
    digest,
    sent,
    algorithm(isDsa ? oids.dsaWithSha1 : oids.rsaEncryption),
    octets(sign(signer.digest, set, signer.privateKey)),
  );
  const message = sequence(
    one,
    setOf(digest),
    sequence(identifier(data), numbered(0, octets(content))),
    setOf(signerInfo),
  );
  return sequence(identifier(signedData), numbered(0, message));
}

function attribute(oid: string, value: Buffer): Buffer {
  return sequence(identifier(oid), setOf(value));
}
