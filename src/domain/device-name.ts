import { invalidParameterValue } from './errors.ts';

/** Device names AWS accepts, by virtualization type (spec C.10); the `/dev/` may be left out, as old mappings do. */
const names = {
  hvm: /^(\/dev\/)?(sd[a-z]|sda[12]|xvd[a-z]|xvd[b-d][a-z])$/,
  paravirtual: /^(\/dev\/)?((sd|hd|xvd)[a-z]([1-9]|1[0-5])?)$/,
};

/** @throws InvalidParameterValue */
export function checkDeviceName(name: string, virtualizationType: 'hvm' | 'paravirtual'): string {
  if (!names[virtualizationType].test(name)) throw invalidParameterValue(`Invalid device name ${name}`);
  return name;
}

/** `ephemeral0` to `ephemeral23`: an instance-store disk. @throws InvalidParameterValue */
export function checkVirtualName(name: string): string {
  if (!/^ephemeral([0-9]|1[0-9]|2[0-3])$/.test(name))
    throw invalidParameterValue(`Invalid virtual name ${name}. Expecting ephemeral0 to ephemeral23.`);
  return name;
}
