import type { SecurityGroup } from './network.ts';
import type { InterfaceAddress, NetworkInterface } from './network-interface.ts';

/** A network interface with what is shown and filtered beside it. */
export interface InterfaceView {
  networkInterface: NetworkInterface;
  region: string;
  securityGroups: readonly Pick<SecurityGroup, 'groupId' | 'groupName'>[];
  tags: Readonly<Record<string, string>>;
}

/** A public address as the API tells it: one that is no Elastic IP address belongs to Amazon. */
export function association({ publicAddress }: InterfaceAddress, { ownerId }: NetworkInterface) {
  if (!publicAddress) return undefined;
  const { publicIp, elastic } = publicAddress;
  return { publicIp, ipOwnerId: elastic ? ownerId : 'amazon', ...elastic };
}

export function interfaceStatus({
  attachment,
}: NetworkInterface): 'available' | 'attaching' | 'in-use' | 'detaching' {
  if (!attachment) return 'available';
  return attachment.status === 'detaching' ? 'detaching' : 'in-use';
}
