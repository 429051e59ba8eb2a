/** A setting that cannot be; the message says which, and the remedy. */
export class InvalidSetting extends Error {
  override name = 'InvalidSetting';
}
