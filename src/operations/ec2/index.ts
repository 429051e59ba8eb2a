import type { Operation } from '../operation.ts';
import { authorizeSecurityGroupEgress } from './authorize-security-group-egress.ts';
import { authorizeSecurityGroupIngress } from './authorize-security-group-ingress.ts';
import { createKeyPair } from './create-key-pair.ts';
import { createSecurityGroup } from './create-security-group.ts';
import { deleteKeyPair } from './delete-key-pair.ts';
import { deleteSecurityGroup } from './delete-security-group.ts';
import { describeAccountAttributes } from './describe-account-attributes.ts';
import { describeAvailabilityZones } from './describe-availability-zones.ts';
import { describeInstanceStatus } from './describe-instance-status.ts';
import { describeInstanceTypes } from './describe-instance-types.ts';
import { describeInstances } from './describe-instances.ts';
import { describeKeyPairs } from './describe-key-pairs.ts';
import { describeRegions } from './describe-regions.ts';
import { describeSecurityGroups } from './describe-security-groups.ts';
import { describeSubnets } from './describe-subnets.ts';
import { describeVpcs } from './describe-vpcs.ts';
import { getConsoleOutput } from './get-console-output.ts';
import { importKeyPair } from './import-key-pair.ts';
import { rebootInstances } from './reboot-instances.ts';
import { revokeSecurityGroupEgress } from './revoke-security-group-egress.ts';
import { revokeSecurityGroupIngress } from './revoke-security-group-ingress.ts';
import { runInstances } from './run-instances.ts';
import { startInstances } from './start-instances.ts';
import { stopInstances } from './stop-instances.ts';
import { terminateInstances } from './terminate-instances.ts';

/** Every EC2 action that is served. */
export const operations: Operation[] = [
  authorizeSecurityGroupEgress,
  authorizeSecurityGroupIngress,
  createKeyPair,
  createSecurityGroup,
  deleteKeyPair,
  deleteSecurityGroup,
  describeAccountAttributes,
  describeAvailabilityZones,
  describeInstanceStatus,
  describeInstanceTypes,
  describeInstances,
  describeKeyPairs,
  describeRegions,
  describeSecurityGroups,
  describeSubnets,
  describeVpcs,
  getConsoleOutput,
  importKeyPair,
  rebootInstances,
  revokeSecurityGroupEgress,
  revokeSecurityGroupIngress,
  runInstances,
  startInstances,
  stopInstances,
  terminateInstances,
];
