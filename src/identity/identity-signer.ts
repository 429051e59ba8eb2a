import type { IdentitySignatures } from '../domain/vpc-plan-types.ts';

/** Vouches for instance identity documents, so that a guest can prove to others which instance it is. */
export interface IdentitySigner {
  /** Signatures over these very bytes, in lines without a last newline; for a document signed before, the same ones. */
  sign(document: string): IdentitySignatures;
  /** What others verify them with, in PEM, by the name it is published under. */
  readonly certificates: Readonly<Record<'rsa' | 'dsa', string>>;
}
