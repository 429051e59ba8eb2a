/** Every refusal about key pairs, by its exact text. */
import { beforeAll, describe } from 'vitest';
import { createKeyPair } from '../../../../src/operations/ec2/create-key-pair.ts';
import { deleteKeyPair } from '../../../../src/operations/ec2/delete-key-pair.ts';
import { describeKeyPairs } from '../../../../src/operations/ec2/describe-key-pairs.ts';
import { importKeyPair } from '../../../../src/operations/ec2/import-key-pair.ts';
import { runInstances } from '../../../../src/operations/ec2/run-instances.ts';
import { anImage, aSnapshot, hexId } from '../../../support/records.ts';
import { stranger, type TestRegion, testRegion } from '../../region.ts';
import { refusesSdk } from '../../sdk-errors.ts';

const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f web';
const PublicKeyMaterial = Buffer.from(line);
const invalid = { code: 'InvalidParameterValue' };
const notFound = (name: string) => ({
  code: 'InvalidKeyPair.NotFound',
  message: `The key pair '${name}' does not exist`,
});
const malformed = (name: string) => ({
  ...invalid,
  message: `Value (${name}) for parameter KeyName is invalid. Key names are 1 to 255 ASCII characters without spaces at their ends.`,
});
const missing = (name: string) => ({
  code: 'MissingParameter',
  message: `The request must contain the parameter ${name}`,
});
const format = { code: 'InvalidKey.Format', message: 'Key is not in valid OpenSSH public key format' };

let region: TestRegion;
beforeAll(async () => {
  region = testRegion();
  await region.call(importKeyPair, { KeyName: 'web', PublicKeyMaterial });
  await region.records.transaction(async records => {
    await records.images.put(anImage());
    await records.snapshots.put(aSnapshot());
  });
});

describe('the name of a key pair', () => {
  const duplicate = { code: 'InvalidKeyPair.Duplicate', message: "The keypair 'web' already exists." };
  const launch = { ImageId: hexId('ami', 1), MinCount: 1, MaxCount: 1, InstanceType: 't2.micro' };
  refusesSdk(() => region, {
    'that is taken': {
      ...{ operation: createKeyPair, input: { KeyName: 'web', KeyType: 'ed25519' } },
      ...duplicate,
    },
    'that is taken, for another key': {
      ...{ operation: importKeyPair, input: { KeyName: 'web', PublicKeyMaterial } },
      ...duplicate,
    },
    'left out': { operation: createKeyPair, input: {}, ...missing('KeyName') },
    'left out of an import': {
      operation: importKeyPair,
      input: { PublicKeyMaterial },
      ...missing('KeyName'),
    },
    'and the id left out of a deletion': { operation: deleteKeyPair, input: {}, ...missing('KeyName') },
    'with a space at its end': {
      operation: createKeyPair,
      input: { KeyName: 'web ' },
      ...malformed('web '),
    },
    'in another script': {
      ...{ operation: importKeyPair, input: { KeyName: 'ключ', PublicKeyMaterial } },
      ...malformed('ключ'),
    },
    'too long': {
      ...{ operation: createKeyPair, input: { KeyName: 'k'.repeat(256) } },
      ...malformed('k'.repeat(256)),
    },
    'that nobody has': {
      ...{ operation: describeKeyPairs, input: { KeyNames: ['web', 'api'] } },
      ...notFound('api'),
    },
    'of another account': {
      ...{ operation: describeKeyPairs, input: { KeyNames: ['web'] }, caller: stranger },
      ...notFound('web'),
    },
    'that nobody has, for a launch': {
      ...{ operation: runInstances, input: { ...launch, KeyName: 'api' } },
      ...notFound('api'),
    },
  });
});

describe('the id of a key pair', () => {
  const id = hexId('key', 9);
  refusesSdk(() => region, {
    'that nobody has': {
      ...{ operation: describeKeyPairs, input: { KeyPairIds: [id] } },
      ...notFound(id),
    },
    'of another form': {
      ...{ operation: deleteKeyPair, input: { KeyPairId: 'web' } },
      ...{ code: 'InvalidKeyPair.Malformed', message: 'Invalid id: "web" (expecting "key-...")' },
    },
  });
});

describe('a key', () => {
  refusesSdk(() => region, {
    'of a type there is none of': {
      ...{ operation: createKeyPair, input: { KeyName: 'new', KeyType: 'dsa' }, ...invalid },
      message: 'Value (dsa) for parameter KeyType is invalid. Use rsa or ed25519.',
    },
    'in a format there is none of': {
      ...{ operation: createKeyPair, input: { KeyName: 'new', KeyFormat: 'der' }, ...invalid },
      message: 'Value (der) for parameter KeyFormat is invalid. Use pem.',
    },
    'in PuTTY’s format': {
      ...{ operation: createKeyPair, input: { KeyName: 'new', KeyFormat: 'ppk' } },
      code: 'UnsupportedOperation',
      message: 'The key format ppk is not supported. Use pem; puttygen turns it into a .ppk file.',
    },
    'left out': {
      operation: importKeyPair,
      input: { KeyName: 'new' },
      ...missing('PublicKeyMaterial'),
    },
    'that is none': {
      ...{ operation: importKeyPair, input: { KeyName: 'new', PublicKeyMaterial: Buffer.from('key') } },
      ...format,
    },
    'of DSA': {
      operation: importKeyPair,
      input: { KeyName: 'new', PublicKeyMaterial: Buffer.from('ssh-dss AAAAB3NzaC1kc3MAAAAA web') },
      ...format,
    },
    'with tags for an image': {
      operation: createKeyPair,
      input: {
        KeyName: 'new',
        TagSpecifications: [{ ResourceType: 'image', Tags: [{ Key: 'a', Value: 'b' }] }],
      },
      ...invalid,
      message: "'image' is not a valid taggable resource type for this operation.",
    },
    'made only dryly': {
      ...{ operation: createKeyPair, input: { KeyName: 'new', KeyType: 'ed25519', DryRun: true } },
      code: 'DryRunOperation',
      message: 'Request would have succeeded, but DryRun flag is set.',
      status: 412,
    },
  });
});
