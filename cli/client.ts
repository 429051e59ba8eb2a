import { EBSClient } from '@aws-sdk/client-ebs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { STSClient } from '@aws-sdk/client-sts';
import { chooseAccount, type Ready, readReady } from './ready.ts';

export interface ClientOptions {
  data?: string;
  region?: string;
  account?: string;
}

/** The public API of one server, as one account, in one region. */
export interface Clients {
  ec2: EC2Client;
  ebs: EBSClient;
  sts: STSClient;
  endpoint: string;
  region: string;
  /** Where keys of this command line are kept. */
  data: string;
}

/**
 * The server a client command talks to: the one of `--data` or `--account`, else of AWS_ENDPOINT_URL with the
 * credentials of the usual AWS settings, else of ./data.
 */
export async function connect(options: ClientOptions, environment = process.env): Promise<Clients> {
  const region = options.region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  const data = options.data ?? './data';
  const endpoint = environment.AWS_ENDPOINT_URL;
  if (endpoint && !options.data && !options.account)
    return { ...clients({ endpoint, region: region ?? 'us-east-1' }), data };
  return clientsOf(await readReady(data), { ...options, region, data });
}

/** Clients of a server that said it is ready. */
export function clientsOf(ready: Ready, options: ClientOptions & { data: string }): Clients {
  const { accessKeyId, secretAccessKey } = chooseAccount(ready, options.account);
  const region = options.region ?? ready.regions[0] ?? 'us-east-1';
  return {
    ...clients({ endpoint: ready.endpoint, region, credentials: { accessKeyId, secretAccessKey } }),
    data: options.data,
  };
}

interface Configuration {
  endpoint: string;
  region: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

function clients(configuration: Configuration) {
  return {
    ec2: new EC2Client(configuration),
    ebs: new EBSClient(configuration),
    sts: new STSClient(configuration),
    endpoint: configuration.endpoint,
    region: configuration.region,
  };
}
