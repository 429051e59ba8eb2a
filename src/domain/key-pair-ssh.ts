/** OpenSSH's own encodings of keys, byte by byte. Sources: RFC 4253 §6.6, RFC 8709, OpenSSH PROTOCOL.key. */

/** A public key: RSA's exponent and modulus as unsigned big-endian bytes, or Ed25519's 32 bytes. */
export type PublicKey =
  | { type: 'rsa'; exponent: Uint8Array; modulus: Uint8Array }
  | { type: 'ed25519'; point: Uint8Array };

const rsaName = 'ssh-rsa';
const ed25519Name = 'ssh-ed25519';

/** The blob whose base64 stands in an OpenSSH line, and whose SHA-256 `ssh-keygen -l` shows. */
export function encodeBlob(key: PublicKey): Uint8Array {
  return key.type === 'rsa'
    ? join(text(rsaName), integer(key.exponent), integer(key.modulus))
    : join(text(ed25519Name), field(key.point));
}

/** Reads such a blob; undefined when it is none, is of another kind, or has bytes left over. */
export function decodeBlob(blob: Uint8Array): PublicKey | undefined {
  const fields = readFields(blob);
  if (!fields) return undefined;
  const [name, first, second, ...rest] = fields;
  const kind = name && new TextDecoder().decode(name);
  if (kind === rsaName && first?.length && second?.length && !rest.length)
    return { type: 'rsa', exponent: unsigned(first), modulus: unsigned(second) };
  if (kind === ed25519Name && first?.length === 32 && second === undefined)
    return { type: 'ed25519', point: first };
  return undefined;
}

/**
 * An unencrypted `openssh-key-v1` private key file's bytes (before PEM), for Ed25519.
 * `check` is any number, which OpenSSH writes twice to tell a wrong passphrase.
 */
export function encodeEd25519Private(
  point: Uint8Array,
  seed: Uint8Array,
  comment: string,
  check: number,
): Uint8Array {
  const blob = encodeBlob({ type: 'ed25519', point });
  const secret = join(
    number(check),
    number(check),
    text(ed25519Name),
    field(point),
    field(join(seed, point)),
    text(comment),
  );
  const padding = Uint8Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, i) => i + 1);
  return join(
    new TextEncoder().encode('openssh-key-v1\0'),
    text('none'),
    text('none'),
    text(''),
    number(1),
    field(blob),
    field(join(secret, padding)),
  );
}

function number(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

const field = (bytes: Uint8Array) => join(number(bytes.length), bytes);
const text = (value: string) => field(new TextEncoder().encode(value));

/** A positive mpint: no leading zero but the one that keeps the sign bit clear. */
function integer(bytes: Uint8Array): Uint8Array {
  const value = unsigned(bytes);
  return field((value[0] ?? 0) & 0x80 ? join(Uint8Array.of(0), value) : value);
}

function unsigned(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex(byte => byte !== 0);
  return start < 0 ? new Uint8Array() : bytes.slice(start);
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function readFields(blob: Uint8Array): Uint8Array[] | undefined {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const fields: Uint8Array[] = [];
  let at = 0;
  while (at < blob.length) {
    if (at + 4 > blob.length) return undefined;
    const length = view.getUint32(at);
    at += 4;
    if (at + length > blob.length) return undefined;
    fields.push(blob.slice(at, at + length));
    at += length;
  }
  return fields;
}
