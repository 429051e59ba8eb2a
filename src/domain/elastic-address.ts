/** An Elastic IP address as the region keeps it. What it leads to is said by the network interface it is associated with. */
export interface ElasticAddress {
  allocationId: string;
  ownerId: string;
  publicIp: string;
  /** Absent: it is associated with none. */
  networkInterfaceId?: string;
}
