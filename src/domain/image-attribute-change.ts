import {
  invalidParameterCombination,
  invalidParameterValue,
  missingParameter,
  unsupportedOperation,
} from './errors.ts';
import type { LaunchPermission } from './image.ts';
import { checkImageDescription } from './image-name.ts';
import {
  type LaunchPermissionChange,
  type LaunchPermissionRequest,
  parseLaunchPermission,
} from './launch-permission.ts';

/** What ModifyImageAttribute receives. */
export interface ImageAttributeRequest {
  Attribute?: string;
  OperationType?: string;
  Value?: string;
  Description?: { Value?: string };
  ImdsSupport?: { Value?: string };
  LaunchPermission?: { Add?: LaunchPermissionRequest[]; Remove?: LaunchPermissionRequest[] };
  UserIds?: string[];
  UserGroups?: string[];
  OrganizationArns?: string[];
  OrganizationalUnitArns?: string[];
  ProductCodes?: string[];
}

export type ImageAttributeChange =
  | { attribute: 'description'; description: string }
  | { attribute: 'imdsSupport' }
  | ({ attribute: 'launchPermission' } & LaunchPermissionChange);

const modifiable = ['description', 'imdsSupport', 'launchPermission', 'productCodes'];

/**
 * The one change a request asks for, in today's form (`LaunchPermission.Add.1.UserId`) or the old one
 * (`OperationType=add`, `UserId.1`). Clients send both at once, also with Attribute: today's form then decides.
 * @throws InvalidParameterCombination for none or several, InvalidAMIAttributeItemValue, …
 */
export function parseImageAttributeChange(
  request: ImageAttributeRequest,
  partition: string,
): ImageAttributeChange {
  const parse = (permission: LaunchPermissionRequest) => parseLaunchPermission(permission, partition);
  const { Attribute, LaunchPermission, Description, ImdsSupport } = request;
  if (Attribute && !modifiable.includes(Attribute))
    throw invalidParameterValue(
      `Value (${Attribute}) for parameter attribute is invalid. Unknown attribute.`,
    );

  const changes: ImageAttributeChange[] = [];
  if (Description?.Value !== undefined) changes.push(describe(Description.Value));
  if (ImdsSupport?.Value) changes.push(requireToken(ImdsSupport.Value));
  if (LaunchPermission?.Add?.length || LaunchPermission?.Remove?.length)
    changes.push({
      attribute: 'launchPermission',
      add: (LaunchPermission.Add ?? []).map(parse),
      remove: (LaunchPermission.Remove ?? []).map(parse),
    });
  if (changes.length === 0) changes.push(...oldForm(request, parse));
  if (changes.length === 0) throw invalidParameterCombination('No attributes specified.');
  if (changes.length > 1)
    throw invalidParameterCombination('Only one attribute can be modified per request.');
  return changes[0]!;
}

function oldForm(
  request: ImageAttributeRequest,
  parse: (permission: LaunchPermissionRequest) => LaunchPermission,
): ImageAttributeChange[] {
  const { Attribute, OperationType, Value, ProductCodes } = request;
  if (Attribute === 'productCodes' || ProductCodes?.some(code => code !== ''))
    throw unsupportedOperation('Product codes of an image cannot be modified.');
  if (Attribute === 'description') return [describe(Value ?? '')];
  if (Attribute === 'imdsSupport') return [requireToken(Value ?? '')];

  const permissions = grantees(request);
  if (permissions.length === 0) return [];
  if (!OperationType) throw missingParameter('OperationType');
  if (OperationType !== 'add' && OperationType !== 'remove')
    throw invalidParameterValue(
      `Value (${OperationType}) for parameter operationType is invalid. Expecting add or remove.`,
    );
  const parsed = permissions.map(parse);
  return [
    {
      attribute: 'launchPermission',
      add: OperationType === 'add' ? parsed : [],
      remove: OperationType === 'remove' ? parsed : [],
    },
  ];
}

function grantees(request: ImageAttributeRequest): LaunchPermissionRequest[] {
  const said = (values: string[] | undefined) => (values ?? []).filter(value => value !== '');
  return [
    ...said(request.UserIds).map(UserId => ({ UserId })),
    ...said(request.UserGroups).map(Group => ({ Group })),
    ...said(request.OrganizationArns).map(OrganizationArn => ({ OrganizationArn })),
    ...said(request.OrganizationalUnitArns).map(OrganizationalUnitArn => ({ OrganizationalUnitArn })),
  ];
}

const describe = (value: string): ImageAttributeChange => ({
  attribute: 'description',
  description: checkImageDescription(value),
});

function requireToken(value: string): ImageAttributeChange {
  if (value !== 'v2.0')
    throw invalidParameterValue(
      `Value (${value}) for parameter imdsSupport is invalid. Once set to v2.0 it cannot be changed.`,
    );
  return { attribute: 'imdsSupport' };
}
