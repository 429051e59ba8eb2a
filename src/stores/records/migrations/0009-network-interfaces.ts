import type { NetworkInterface } from '../../../domain/network-interface.ts';
import type { Migration } from './migration.ts';

/** What an instance's record said of its one network interface until it had a record of its own. */
interface InstanceBefore {
  instanceId: string;
  ownerId: string;
  state: string;
  launchTime: string;
  availabilityZone: string;
  vpcId: string;
  subnetId: string;
  networkInterfaceId: string;
  macAddress: string;
  privateIpAddress: string;
  publicIpAddress?: string;
  associatePublicIpAddress?: boolean;
  securityGroupIds: string[];
}

const interfaces = {
  id: (one: NetworkInterface) => one.networkInterfaceId,
  indexes: {
    ownerId: (one: NetworkInterface) => one.ownerId,
    vpcId: (one: NetworkInterface) => one.vpcId,
    subnetId: (one: NetworkInterface) => one.subnetId,
    instanceId: (one: NetworkInterface) => one.attachment?.instanceId,
    attachmentId: (one: NetworkInterface) => one.attachment?.attachmentId,
    attachmentStatus: (one: NetworkInterface) => one.attachment?.status,
  },
};

/** Network interfaces with records of their own; those of instances that are not terminated get theirs. */
export const networkInterfacesMigration: Migration = {
  name: '0009-network-interfaces',
  async up({ createCollection, each, put }) {
    await createCollection('networkInterfaces', Object.keys(interfaces.indexes));
    await each('instances', async instance => {
      const before = instance as unknown as InstanceBefore;
      if (before.state !== 'terminated') await put('networkInterfaces', interfaces, interfaceOf(before));
    });
  },
};

function interfaceOf(instance: InstanceBefore): NetworkInterface {
  const { networkInterfaceId, privateIpAddress, publicIpAddress } = instance;
  return {
    networkInterfaceId,
    ownerId: instance.ownerId,
    vpcId: instance.vpcId,
    subnetId: instance.subnetId,
    availabilityZone: instance.availabilityZone,
    description: '',
    macAddress: instance.macAddress,
    addresses: [
      {
        privateIpAddress,
        ...(publicIpAddress !== undefined && { publicAddress: { publicIp: publicIpAddress } }),
      },
    ],
    securityGroupIds: instance.securityGroupIds,
    sourceDestCheck: true,
    associatePublicIpAddress: instance.associatePublicIpAddress !== false,
    attachment: {
      // As it was shown before.
      attachmentId: networkInterfaceId.replace(/^eni-/, 'eni-attach-'),
      instanceId: instance.instanceId,
      deviceIndex: 0,
      deleteOnTermination: true,
      attachTime: instance.launchTime,
      status: instance.state === 'pending' ? 'attaching' : 'attached',
    },
  };
}
