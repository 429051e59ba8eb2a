import type { Instance } from './instance.ts';
import type { SecurityGroup } from './network.ts';
import type { Volume } from './volume.ts';

/** An instance with what is shown and filtered beside it. */
export interface InstanceView {
  instance: Instance;
  region: string;
  securityGroups: readonly Pick<SecurityGroup, 'groupId' | 'groupName'>[];
  /** Its volumes in order of device name. */
  volumes: readonly Volume[];
  tags: Readonly<Record<string, string>>;
  /** Tags on its network interface. */
  interfaceTags: Readonly<Record<string, string>>;
}

export function isWindows({ platformDetails }: Pick<Instance, 'platformDetails'>): boolean {
  return platformDetails.startsWith('Windows');
}

/** The id of the attachment of an instance's one network interface follows from the interface's. */
export function networkAttachmentId(networkInterfaceId: string): string {
  return networkInterfaceId.replace(/^eni-/, 'eni-attach-');
}

/** Whether the interface is attached: it is, until its instance has ended. */
export function networkAttachmentStatus(instance: Instance): 'attaching' | 'attached' | 'detached' {
  if (instance.state === 'terminated') return 'detached';
  return instance.state === 'pending' ? 'attaching' : 'attached';
}
