import { ApiError, invalidParameterValue } from './errors.ts';

/** Device names AWS accepts, by virtualization type (spec C.10); the `/dev/` may be left out, as old mappings do. */
const names = {
  hvm: /^(\/dev\/)?(sd[a-z]|sda[12]|xvd[a-z]|xvd[b-d][a-z])$/,
  paravirtual: /^(\/dev\/)?((sd|hd|xvd)[a-z]([1-9]|1[0-5])?)$/,
};

/** @throws InvalidBlockDeviceMapping */
export function checkDeviceName(name: string, virtualizationType: 'hvm' | 'paravirtual'): string {
  if (!names[virtualizationType].test(name))
    throw new ApiError('InvalidBlockDeviceMapping', `Invalid device name ${name}`);
  return name;
}

/** AttachVolume's own code and text for the same. @throws InvalidParameterValue */
export function checkAttachmentDevice(name: string, virtualizationType: 'hvm' | 'paravirtual'): void {
  if (!names[virtualizationType].test(name))
    throw invalidParameterValue(
      `Value (${name}) for parameter device is invalid. ${name} is not a valid EBS device name.`,
    );
}

/** `ephemeral0` to `ephemeral23`: an instance-store disk. @throws InvalidParameterValue */
export function checkVirtualName(name: string): string {
  if (!/^ephemeral([0-9]|1[0-9]|2[0-3])$/.test(name))
    throw invalidParameterValue(`Invalid virtual name ${name}. Expecting ephemeral0 to ephemeral23.`);
  return name;
}
