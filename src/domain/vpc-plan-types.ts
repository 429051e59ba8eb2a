import type { MetadataOptions } from './instance.ts';

/**
 * Which packets a guest may receive or send; `cidr` is the source of ingress, the destination of egress.
 * For `icmp` the ports are type and code, -1 being any; for `all` they say nothing.
 */
export interface TrafficRule {
  protocol: 'tcp' | 'udp' | 'icmp' | 'all';
  fromPort: number;
  toPort: number;
  cidr: string;
}

/** A network interface of a guest that is powered on: its place in the VPC. */
export interface Endpoint {
  networkInterfaceId: string;
  instanceId: string;
  /** 0 is the guest's primary interface. */
  deviceIndex: number;
  macAddress: string;
  privateIpAddress: string;
  subnetCidrBlock: string;
  /** The loopback address of the host whose ports lead to the private address. */
  publicIpAddress?: string;
  /** Besides the primary one. The guest has to configure them itself, as on AWS. */
  secondaryAddresses?: Array<{ privateIpAddress: string; publicIpAddress?: string }>;
  /** False: the guest may send from, and receive for, addresses that are not its own (a router). */
  sourceDestCheck?: boolean;
  /** False: its subnet has no route to an internet gateway, so that nothing leaves the VPC, and public addresses lead nowhere. */
  hasInternet?: boolean;
  /**
   * The routes of its subnet that lead to network interfaces, for networks outside the VPC. A target that is no endpoint, or
   * whose source and destination are checked, is a black hole.
   */
  routes?: Array<{ cidr: string; networkInterfaceId: string }>;
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
  /** Beside the document, by the name of each; absent in plans of servers that did not sign. */
  identitySignatures?: IdentitySignatures;
  /** Base64; absent: 404. */
  userData?: string;
}

/** Over the identity document, in base64. */
export interface IdentitySignatures {
  /** RSA with SHA-256 over the document alone. */
  signature: string;
  /** PKCS #7 with the document in it, RSA with SHA-256. */
  rsa2048: string;
  /** PKCS #7 with the document in it, DSA with SHA-1: what AWS began with, for verifiers that know nothing newer. */
  pkcs7: string;
}

export type MetadataTree = { [name: string]: string | MetadataTree };

/** The whole desired state of one VPC. */
export interface VpcPlan {
  vpcId: string;
  cidrBlock: string;
  /** False: the VPC's resolver answers nothing. */
  enableDnsSupport?: boolean;
  /** False: it does not know the guests' names. */
  enableDnsHostnames?: boolean;
  endpoints: Endpoint[];
}
