import { invalidAliasName, kmsValidation, reservedAliasName } from './kms-errors.ts';

/** A name for a key, the account's own. */
export interface KmsAlias {
  /** `alias/…` */
  aliasName: string;
  ownerId: string;
  keyId: string;
  createTime: string;
  updateTime: string;
}

/** The managed key's, made when an account first needs it. */
export const ebsAliasName = 'alias/aws/ebs';

export function aliasId(accountId: string, aliasName: string): string {
  return `${accountId}/${aliasName}`;
}

/**
 * A name the account may give. https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
 * @throws ValidationException, InvalidAliasNameException, NotAuthorizedException
 */
export function checkAliasName(name: string): string {
  if (!/^[a-zA-Z0-9:/_-]{1,256}$/.test(name))
    throw kmsValidation('AliasName must have 1 to 256 letters, digits, slashes, underscores and dashes.');
  if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(name))
    throw invalidAliasName('AliasName must begin with "alias/", and hold no colon.');
  if (name.startsWith('alias/aws/')) throw reservedAliasName();
  return name;
}
