import { macAddress } from './addresses.ts';
import { invalidParameterValue } from './errors.ts';

/** An address outside the VPC: leased until its instance stops, or an Elastic IP address of the owner's. */
export interface PublicAddress {
  publicIp: string;
  elastic?: { allocationId: string; associationId: string };
}

export interface InterfaceAddress {
  privateIpAddress: string;
  publicAddress?: PublicAddress;
}

export interface NetworkInterfaceAttachment {
  attachmentId: string;
  instanceId: string;
  /** 0 is the instance's primary interface: it stays with it. */
  deviceIndex: number;
  deleteOnTermination: boolean;
  attachTime: string;
  status: 'attaching' | 'attached' | 'detaching';
}

/** A network interface as the region keeps it: all that is known of addresses and security groups is known here. */
export interface NetworkInterface {
  networkInterfaceId: string;
  ownerId: string;
  vpcId: string;
  subnetId: string;
  availabilityZone: string;
  description: string;
  macAddress: string;
  /** The first is the primary one, which never changes. */
  addresses: [InterfaceAddress, ...InterfaceAddress[]];
  securityGroupIds: string[];
  sourceDestCheck: boolean;
  /** Whether an instance that starts with it as its primary interface is leased a public address. */
  associatePublicIpAddress: boolean;
  attachment?: NetworkInterfaceAttachment;
}

export type AttachedInterface = NetworkInterface & Required<Pick<NetworkInterface, 'attachment'>>;

/** What a new interface is made of. */
export interface InterfaceShape {
  networkInterfaceId: string;
  subnet: { subnetId: string; vpcId: string; ownerId: string; availabilityZone: string };
  securityGroupIds: string[];
  /** The primary one first. */
  privateIpAddresses: readonly string[];
  description?: string;
  associatePublicIpAddress?: boolean;
}

export function newNetworkInterface(shape: InterfaceShape): NetworkInterface {
  const { networkInterfaceId, subnet } = shape;
  const [primary, ...secondary] = shape.privateIpAddresses.map(privateIpAddress => ({ privateIpAddress }));
  return {
    networkInterfaceId,
    ownerId: subnet.ownerId,
    vpcId: subnet.vpcId,
    subnetId: subnet.subnetId,
    availabilityZone: subnet.availabilityZone,
    description: shape.description ?? '',
    macAddress: macAddress(networkInterfaceId),
    addresses: [primary!, ...secondary],
    securityGroupIds: shape.securityGroupIds,
    sourceDestCheck: true,
    associatePublicIpAddress: shape.associatePublicIpAddress ?? false,
  };
}

export function primaryAddress({ addresses }: Pick<NetworkInterface, 'addresses'>): string {
  return addresses[0].privateIpAddress;
}

export function privateAddressesOf({ addresses }: Pick<NetworkInterface, 'addresses'>): string[] {
  return addresses.map(address => address.privateIpAddress);
}

export function publicAddressesOf({ addresses }: Pick<NetworkInterface, 'addresses'>): string[] {
  return addresses.flatMap(address => address.publicAddress?.publicIp ?? []);
}

export function isAttached(one: NetworkInterface): one is AttachedInterface {
  return one.attachment !== undefined;
}

/** The attached ones in order of device index, an instance's primary one first. */
export function byDevice(interfaces: readonly NetworkInterface[]): AttachedInterface[] {
  return interfaces.filter(isAttached).sort((a, b) => a.attachment.deviceIndex - b.attachment.deviceIndex);
}

/** Whether a guest that starts is to have the interface: not one that is being detached. */
export function isInterfaceToBePlugged({ attachment }: AttachedInterface): boolean {
  return attachment.status !== 'detaching';
}

/** What is said of an attachment when it is made. */
export type NewAttachment = Omit<NetworkInterfaceAttachment, 'status'> & {
  status?: 'attaching' | 'attached';
};

export function attachedInterface(one: NetworkInterface, attachment: NewAttachment): AttachedInterface {
  return { ...one, attachment: { status: 'attaching', ...attachment } };
}

/**
 * Whether an instance with these interfaces, the primary first, is leased a public address when it starts. As on AWS one
 * with several interfaces is not, nor is one that has an Elastic IP address.
 */
export function needsLease([primary, ...others]: readonly NetworkInterface[]): boolean {
  return (
    primary !== undefined &&
    others.length === 0 &&
    primary.associatePublicIpAddress &&
    !primary.addresses[0].publicAddress
  );
}

/** The interface with one of its addresses known by another public one, or by none. */
export function withPublicAddress<Interface extends NetworkInterface>(
  one: Interface,
  privateIpAddress: string,
  publicAddress: PublicAddress | undefined,
): Interface {
  const changed = ({ publicAddress: _, ...address }: InterfaceAddress): InterfaceAddress => ({
    ...address,
    ...(publicAddress && { publicAddress }),
  });
  return mapAddresses(one, address =>
    address.privateIpAddress === privateIpAddress ? changed(address) : address,
  );
}

/** The interface without the address that was leased to it; Elastic IP addresses stay. */
export function withoutLease<Interface extends NetworkInterface>(one: Interface): Interface {
  return mapAddresses(one, ({ publicAddress, ...address }) => ({
    ...address,
    ...(publicAddress?.elastic && { publicAddress }),
  }));
}

/** The interface without some of its secondary addresses. */
export function withoutAddresses(
  one: NetworkInterface,
  gone: readonly Pick<InterfaceAddress, 'privateIpAddress'>[],
): NetworkInterface {
  const [primary, ...secondary] = one.addresses;
  const isGone = (address: InterfaceAddress) =>
    gone.some(other => other.privateIpAddress === address.privateIpAddress);
  return { ...one, addresses: [primary, ...secondary.filter(address => !isGone(address))] };
}

/** The interface on its own, as it is after its instance. */
export function detachedInterface({ attachment: _, ...rest }: NetworkInterface): NetworkInterface {
  return withoutLease(rest);
}

function mapAddresses<Interface extends NetworkInterface>(
  one: Interface,
  change: (address: InterfaceAddress) => InterfaceAddress,
): Interface {
  const [primary, ...secondary] = one.addresses;
  return { ...one, addresses: [change(primary), ...secondary.map(change)] };
}

/** At most 255 characters; an empty one is none. @throws InvalidParameterValue */
export function checkInterfaceDescription(description: string | undefined): string | undefined {
  if (description && description.length > 255)
    throw invalidParameterValue(
      `Value (${description.slice(0, 300)}) for parameter description is invalid. It must have at most 255 characters.`,
    );
  return description || undefined;
}
