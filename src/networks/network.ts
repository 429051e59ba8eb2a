import type { VpcPlan } from '../domain/vpc-plan-types.ts';
import type { GuestNic } from '../engines/engine.ts';

/** Carries the guests' traffic: addresses, security groups, metadata, the way in and out. */
export interface Network {
  /** `rootful`, `rootless`, `memory`: said by `doctor` and in the log. */
  readonly mode: string;
  /** Brings the VPC to `plan`: idempotent, a difference is applied without disturbing what stays. */
  apply(plan: VpcPlan): Promise<void>;
  /** The NIC for an endpoint of the last plan. */
  nic(vpcId: string, networkInterfaceId: string): Promise<GuestNic>;
  /** Whether the guest answers on its primary private address (a refused connection is an answer). */
  isReachable(vpcId: string, instanceId: string): Promise<boolean>;
  /** Ends everything of a VPC. Absent is no error. */
  remove(vpcId: string): Promise<void>;
  /** VPC ids that have processes alive. */
  list(): Promise<string[]>;
}

/** The port on the host's public address behind which a guest port is found (rootless hosts cannot bind below 1024). */
export type PublicPort = (guestPort: number) => number;
