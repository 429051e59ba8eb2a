/** Networks as the region keeps them. Every account has one default VPC with a subnet in each zone. */
export interface Vpc {
  vpcId: string;
  ownerId: string;
  cidrBlock: string;
  isDefault: boolean;
}

export interface Subnet {
  subnetId: string;
  vpcId: string;
  ownerId: string;
  cidrBlock: string;
  availabilityZone: string;
  defaultForAz: boolean;
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
