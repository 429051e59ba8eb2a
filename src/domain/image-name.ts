import { invalidParameterValue } from './errors.ts';
import { imageNameMalformed } from './image-errors.ts';

export const longestImageName = 128;

/** 3 to 128 letters, digits and `()[] ./-'@_` (AWS's message names an older set). */
const allowed = /^[A-Za-z0-9()[\] ./\-'@_]{3,128}$/;

/** @throws InvalidAMIName.Malformed */
export function checkImageName(name: string): string {
  if (!allowed.test(name)) throw imageNameMalformed();
  return name;
}

/** @throws InvalidParameterValue past 255 characters. */
export function checkImageDescription(description: string): string {
  if (description.length > 255)
    throw invalidParameterValue('AMI descriptions must be less than 256 characters long');
  return description;
}
