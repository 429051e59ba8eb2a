import type { Instance } from './instance.ts';
import type { InterfaceView } from './network-interface-view.ts';
import type { Volume } from './volume.ts';

/** An instance with what is shown and filtered beside it. */
export interface InstanceView {
  instance: Instance;
  region: string;
  /** In order of device index, the primary first; none once it is terminated. */
  networkInterfaces: readonly InterfaceView[];
  /** Its volumes in order of device name. */
  volumes: readonly Volume[];
  tags: Readonly<Record<string, string>>;
}

export function isWindows({ platformDetails }: Pick<Instance, 'platformDetails'>): boolean {
  return platformDetails.startsWith('Windows');
}

/** An instance's security groups are those of its primary network interface. */
export function securityGroupsOf({ networkInterfaces }: InstanceView): InterfaceView['securityGroups'] {
  return networkInterfaces[0]?.securityGroups ?? [];
}

/** The address the instance is reached at from outside its VPC. */
export function publicIpOf({ networkInterfaces }: InstanceView): string | undefined {
  return networkInterfaces[0]?.networkInterface.addresses[0].publicAddress?.publicIp;
}
