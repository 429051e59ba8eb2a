/** Attributes of VPCs and subnets, and what holds where a record does not say. */
import type { Subnet, Vpc } from './network.ts';

export const supportsDns = (vpc: Vpc): boolean => vpc.enableDnsSupport ?? true;

/** Default VPCs begin with it, others have it when they ask. */
export const hasDnsHostnames = (vpc: Vpc): boolean => vpc.enableDnsHostnames ?? vpc.isDefault;

/** Whether the resolver knows the private DNS names of the VPC's guests: AWS wants both attributes for that. */
export const resolvesHostnames = (vpc: Vpc): boolean => supportsDns(vpc) && hasDnsHostnames(vpc);

/** Default subnets begin with it, others have it when they ask. */
export const mapsPublicIp = (subnet: Subnet): boolean => subnet.mapPublicIpOnLaunch ?? subnet.defaultForAz;
