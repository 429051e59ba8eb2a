export interface KeyPair {
  keyPairId: string;
  ownerId: string;
  keyName: string;
  keyType: 'rsa' | 'ed25519';
  fingerprint: string;
  /** The OpenSSH public key line. */
  publicKey: string;
  createTime: string;
}
