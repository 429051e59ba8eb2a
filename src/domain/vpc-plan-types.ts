import type { MetadataOptions } from './instance.ts';

/** Which packets a guest may receive or send; `cidr` is the source of ingress, the destination of egress. */
export interface TrafficRule {
  protocol: 'tcp' | 'udp' | 'icmp' | 'all';
  fromPort: number;
  toPort: number;
  cidr: string;
}

/** One guest's place in its VPC. */
export interface Endpoint {
  instanceId: string;
  macAddress: string;
  privateIpAddress: string;
  subnetCidrBlock: string;
  /** The loopback address whose ports lead to the guest. */
  publicIpAddress?: string;
  ingress: TrafficRule[];
  egress: TrafficRule[];
  metadata: GuestMetadata;
}

/** What the metadata service tells this guest (spec E). */
export interface GuestMetadata {
  options: MetadataOptions;
  /** The tree under /latest/meta-data: a string is a leaf, an object a folder. */
  tree: MetadataTree;
  /** Names the key of `public-keys/0`: that folder is listed as `0=keyName`. Absent: the guest has no key. */
  keyName?: string;
  /** The instance identity document, byte for byte. */
  identityDocument: string;
  /** Base64; absent: 404. */
  userData?: string;
}

export type MetadataTree = { [name: string]: string | MetadataTree };

/** The whole desired state of one VPC. */
export interface VpcPlan {
  vpcId: string;
  cidrBlock: string;
  endpoints: Endpoint[];
}
