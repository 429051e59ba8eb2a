import type { Instance } from './instance.ts';

/** The instance identity document, laid out as AWS writes it: clients verify its signature over these very bytes. */
export function identityDocument(instance: Instance, region: string): string {
  const members = {
    accountId: instance.ownerId,
    architecture: instance.architecture,
    availabilityZone: instance.availabilityZone,
    billingProducts: null,
    devpayProductCodes: null,
    marketplaceProductCodes: instance.productCodes.length ? instance.productCodes : null,
    imageId: instance.imageId,
    instanceId: instance.instanceId,
    instanceType: instance.instanceType,
    kernelId: null,
    pendingTime: `${instance.launchTime.slice(0, 19)}Z`,
    privateIp: instance.privateIpAddress,
    ramdiskId: null,
    region,
    version: '2017-09-30',
  };
  const lines = Object.entries(members).map(([name, value]) => `  "${name}" : ${json(value)}`);
  return `{\n${lines.join(',\n')}\n}`;
}

function json(value: string | readonly string[] | null): string {
  return Array.isArray(value)
    ? `[ ${value.map(item => JSON.stringify(item)).join(', ')} ]`
    : JSON.stringify(value);
}
