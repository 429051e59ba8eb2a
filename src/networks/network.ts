import type { MetadataOptions } from '../domain/instance.ts';
import type { GuestNic } from '../engines/engine.ts';

/** Which packets a guest may receive or send; `source` (or destination) is a CIDR. */
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

/** Carries the guests' traffic: addresses, security groups, metadata, the way in and out. */
export interface Network {
  /** `rootful`, `rootless`, `memory`: said by `doctor` and in the log. */
  readonly mode: string;
  /** Brings the VPC to `plan`: idempotent, a difference is applied without disturbing what stays. */
  apply(plan: VpcPlan): Promise<void>;
  /** The NIC for an endpoint of the last plan. */
  nic(vpcId: string, instanceId: string): Promise<GuestNic>;
  /** Whether the guest answers on its private address (a refused connection is an answer). */
  isReachable(vpcId: string, instanceId: string): Promise<boolean>;
  /** Ends everything of a VPC. Absent is no error. */
  remove(vpcId: string): Promise<void>;
  /** VPC ids that have processes alive. */
  list(): Promise<string[]>;
}

/** The port on the host's public address behind which a guest port is found (rootless hosts cannot bind below 1024). */
export type PublicPort = (guestPort: number) => number;
