import type { Endpoint, TrafficRule, VpcPlan } from '../../src/domain/vpc-plan-types.ts';

/** Another one in each process: programs that run at the same time make it for real. */
export const vpcId = `vpc-0123456789${process.pid.toString(16).padStart(7, '0')}`;

const anywhere = '0.0.0.0/0';

export function rule(protocol: TrafficRule['protocol'], port: number, cidr = anywhere): TrafficRule {
  return { protocol, fromPort: port, toPort: port, cidr };
}

export const allTraffic: TrafficRule = { protocol: 'all', fromPort: -1, toPort: -1, cidr: anywhere };

/** The `number`th guest of a VPC 172.31.0.0/16, in one subnet with the others. */
export function endpoint(number: number, changes: Partial<Endpoint> = {}): Endpoint {
  const privateIpAddress = `172.31.20.${number}`;
  return {
    networkInterfaceId: `eni-0123456789abcde${number.toString(16).padStart(2, '0')}`,
    instanceId: `i-0123456789abcde${number.toString(16).padStart(2, '0')}`,
    deviceIndex: 0,
    macAddress: `02:00:00:00:00:${number.toString(16).padStart(2, '0')}`,
    privateIpAddress,
    subnetCidrBlock: '172.31.16.0/20',
    ingress: [],
    egress: [allTraffic],
    ...changes,
    metadata: {
      options: {
        httpTokens: 'required',
        httpPutResponseHopLimit: 1,
        httpEndpoint: 'enabled',
        instanceMetadataTags: 'disabled',
      },
      tree: {
        'local-ipv4': privateIpAddress,
        'local-hostname': `ip-172-31-20-${number}.ec2.internal`,
      },
      identityDocument: '{}',
      identitySignatures: { signature: 'c2ln', rsa2048: 'cnNh', pkcs7: 'cGs3' },
      ...changes.metadata,
    },
  };
}

export function plan(...endpoints: Endpoint[]): VpcPlan {
  return { vpcId, cidrBlock: '172.31.0.0/16', endpoints };
}

/** The same guest with a script as its user data. */
export function withUserData(one: Endpoint, script: string): Endpoint {
  return { ...one, metadata: { ...one.metadata, userData: Buffer.from(script).toString('base64') } };
}
