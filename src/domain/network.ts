/** Networks as the region keeps them. Every account begins with one default VPC with a subnet in each zone. */
export interface Vpc {
  vpcId: string;
  ownerId: string;
  cidrBlock: string;
  isDefault: boolean;
  /** Of the default VPC: zones that were given a default subnet, be it there still or not. Absent before there were route tables. */
  defaultZones?: string[];
  /** See vpc-attributes.ts for what holds where these are absent. */
  enableDnsSupport?: boolean;
  enableDnsHostnames?: boolean;
  enableNetworkAddressUsageMetrics?: boolean;
}

export interface Subnet {
  subnetId: string;
  vpcId: string;
  ownerId: string;
  cidrBlock: string;
  availabilityZone: string;
  defaultForAz: boolean;
  /** Absent: as `defaultForAz`. */
  mapPublicIpOnLaunch?: boolean;
}

export interface InternetGateway {
  internetGatewayId: string;
  ownerId: string;
  /** The VPC it is attached to; a VPC has one at most. */
  vpcId?: string;
}

/** The local route of a VPC is in each of its tables, and is not written down. */
export type Route = GatewayRoute | InterfaceRoute;

export interface GatewayRoute {
  destinationCidrBlock: string;
  gatewayId: string;
}

/** To a guest that routes. One that was made with an instance leads to the interface the instance had then. */
export interface InterfaceRoute {
  destinationCidrBlock: string;
  networkInterfaceId: string;
}

/** The association without a subnet is the main one: of all subnets of the VPC that have none of their own. */
export interface RouteTableAssociation {
  associationId: string;
  subnetId?: string;
}

export interface RouteTable {
  routeTableId: string;
  ownerId: string;
  vpcId: string;
  associations: RouteTableAssociation[];
  routes: Route[];
}

export interface SecurityGroupRule {
  securityGroupRuleId: string;
  isEgress: boolean;
  /** `tcp`, `udp`, `icmp`, or `-1` for every protocol. */
  ipProtocol: string;
  fromPort: number;
  toPort: number;
  cidrIpv4?: string;
  cidrIpv6?: string;
  referencedGroupId?: string;
  description?: string;
}

export interface SecurityGroup {
  groupId: string;
  groupName: string;
  description: string;
  ownerId: string;
  vpcId: string;
  rules: SecurityGroupRule[];
}
