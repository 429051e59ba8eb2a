import type { Ready, ReadyAccount } from './ready.ts';

/** What `up` says once everything is there: the exports and a first command to try. */
export function welcome(
  ready: Ready,
  account: ReadyAccount,
  imageId: string | undefined,
  hasAws: boolean,
  logFile: string,
): string[] {
  const region = ready.regions[0] ?? 'us-east-1';
  return [
    '',
    `The server is ready: ${ready.endpoint}, regions ${ready.regions.join(' and ')}.`,
    ...(ready.consoleUrl ? [`Console: ${ready.consoleUrl}`] : []),
    ...(imageId ? [`The image tiny (${imageId}, owner amazon) is there for everyone, in ${region}.`] : []),
    '',
    'In another terminal:',
    '',
    `  export AWS_ENDPOINT_URL=${ready.endpoint}`,
    `  export AWS_ACCESS_KEY_ID=${account.accessKeyId}`,
    `  export AWS_SECRET_ACCESS_KEY=${account.secretAccessKey}`,
    `  export AWS_DEFAULT_REGION=${region}`,
    '  # an aws older than 2.13, such as Debian 12 has, does not read AWS_ENDPOINT_URL:',
    `  alias aws='aws --endpoint-url ${ready.endpoint}'`,
    '',
    hasAws
      ? '  aws ec2 describe-images --owners amazon'
      : '  bin/amity demo            # `apt-get install awscli` as root brings the command aws',
    '',
    '`bin/amity demo` tells the whole story; README.md has a first session. Ctrl-C stops the server.',
    `What the server does is told in ${logFile}.`,
  ];
}
