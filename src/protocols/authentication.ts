/** Who sent a request: its signature read, its key looked up, the signature verified. */
import type { Caller } from '../domain/account.ts';
import type { Service } from './services.ts';
import { readSignature, type Signature, SignatureError, verifySignature } from './signature-v4.ts';
import type { WireRequest } from './wire.ts';

/** What the request says of its signer, or why it says nothing usable. */
export type Claim = Signature | SignatureError;

export interface Keys {
  authenticate(accessKeyId: string): Promise<{ secret: string; caller: Caller } | undefined>;
  clock(): Date;
}

/** Longer than any access key: what a store is asked for is bounded. */
const accessKeyPattern = /^[A-Za-z0-9_-]{1,128}$/;

export function claimOf(request: WireRequest): Claim {
  try {
    return readSignature(request);
  } catch (error) {
    if (error instanceof SignatureError) return error;
    throw error;
  }
}

/** Throws the service's own error where the claim does not hold. */
export async function callerOf(
  claim: Claim,
  request: WireRequest,
  service: Service,
  keys: Keys,
): Promise<{ caller: Caller; region: string }> {
  if (claim instanceof SignatureError) throw service.refuse(claim.fault, claim.message);
  const known = accessKeyPattern.test(claim.accessKeyId)
    ? await keys.authenticate(claim.accessKeyId)
    : undefined;
  if (!known) throw service.refuse('unknown-key', 'The access key is not known');
  try {
    const allowUnsignedPayload = service.mayBeUnsigned(request);
    verifySignature(request, claim, known.secret, { now: keys.clock(), allowUnsignedPayload });
  } catch (error) {
    throw error instanceof SignatureError ? service.refuse(error.fault, error.message) : error;
  }
  return { caller: known.caller, region: claim.region };
}
