/**
 * The administrator's password that Windows made at its first start: EC2Launch and EC2Config encrypt it with the
 * instance's public key and write it to the serial console. Empty until they have.
 */
export function passwordOf(console: string): string {
  const [, password = ''] =
    [...console.matchAll(/<Password>\s*([A-Za-z0-9+/=\s]{1,2048}?)\s*<\/Password>/g)].at(-1) ?? [];
  return password.replace(/\s/g, '');
}
