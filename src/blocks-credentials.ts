/** The access key with which the server reads and writes its blocks in an S3. */
import { readFileSync, statSync } from 'node:fs';
import { InvalidSetting } from './invalid-setting.ts';
import type { S3Credentials } from './stores/objects/s3/settings.ts';

export interface CredentialSettings {
  environment: NodeJS.ProcessEnv;
  /** A file with lines `aws_access_key_id = …`, as Amazon's tools keep. */
  file: string | undefined;
}

const variables = {
  id: 'AMITY_BLOCKS_ACCESS_KEY_ID',
  secret: 'AMITY_BLOCKS_SECRET_ACCESS_KEY',
  token: 'AMITY_BLOCKS_SESSION_TOKEN',
};
const lines = { id: 'aws_access_key_id', secret: 'aws_secret_access_key', token: 'aws_session_token' };

/** From the environment or from the file, whichever is given. No message holds a secret. @throws InvalidSetting */
export function s3Credentials({ environment, file }: CredentialSettings): S3Credentials {
  const inEnvironment = Object.values(variables).filter(name => environment[name]);
  if (file !== undefined && inEnvironment.length > 0)
    throw new InvalidSetting(
      `Give the key for --blocks either by ${inEnvironment[0]} or by a file, not both`,
    );
  if (file === undefined)
    return credentials(name => environment[variables[name]], variables, 'the environment');
  const values = readValues(file);
  return credentials(name => values.get(lines[name]), lines, file);
}

type Name = keyof typeof variables;

function credentials(
  value: (name: Name) => string | undefined,
  names: Record<Name, string>,
  where: string,
): S3Credentials {
  const [accessKeyId, secretAccessKey, sessionToken] = [value('id'), value('secret'), value('token')];
  if (!accessKeyId || !secretAccessKey)
    throw new InvalidSetting(`--blocks needs an access key: ${names.id} and ${names.secret} in ${where}`);
  // What ends up in a header must not end it.
  if (![accessKeyId, secretAccessKey, sessionToken ?? ''].every(text => /^[\x21-\x7e]*$/.test(text)))
    throw new InvalidSetting(`The access key for --blocks in ${where} holds characters that no key has`);
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

function readValues(file: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of readPrivate(file).split('\n')) {
    const match = /^\s*([a-z_]+)\s*=\s*(\S.*?)\s*$/.exec(line);
    if (!match) {
      if (/^\s*([#;].*|\[default\]\s*)?$/.test(line)) continue;
      throw new InvalidSetting(
        `${file} may hold one access key, under [default] or no heading: nothing else`,
      );
    }
    if (values.has(match[1]!)) throw new InvalidSetting(`${file} says ${match[1]} twice`);
    values.set(match[1]!, match[2]!);
  }
  return values;
}

function readPrivate(file: string): string {
  try {
    const { mode, size } = statSync(file);
    if (mode & 0o077)
      throw new InvalidSetting(`${file} holds a secret that others may read: chmod 600 ${file}`);
    if (size > 65_536) throw new InvalidSetting(`${file} is too long for a file of access keys`);
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof InvalidSetting) throw cause;
    throw new InvalidSetting(`The access key for --blocks cannot be read from ${file}`, { cause });
  }
}
