import { ApiError } from './errors.ts';

/** The resources whose ids have the form `<prefix>-<17 hex>`, and the code AWS answers for a malformed one. */
const resources = {
  ami: 'InvalidAMIID.Malformed',
  snap: 'InvalidSnapshotID.Malformed',
  vol: 'InvalidVolumeID.Malformed',
  i: 'InvalidInstanceID.Malformed',
  r: 'InvalidReservationID.Malformed',
  eni: 'InvalidNetworkInterfaceID.Malformed',
  sg: 'InvalidGroupId.Malformed',
  sgr: 'InvalidSecurityGroupRuleId.Malformed',
  subnet: 'InvalidSubnetID.Malformed',
  vpc: 'InvalidVpcID.Malformed',
  igw: 'InvalidInternetGatewayId.Malformed',
  rtb: 'InvalidRouteTableId.Malformed',
  rtbassoc: 'InvalidRouteTableAssociationId.Malformed',
  acl: 'InvalidNetworkAclId.Malformed',
  key: 'InvalidKeyPair.Malformed',
  lt: 'InvalidLaunchTemplateId.Malformed',
  amiur: 'InvalidImageUsageReportId.Malformed',
  'eni-attach': 'InvalidAttachmentID.Malformed',
  eipalloc: 'InvalidAllocationID.Malformed',
  eipassoc: 'InvalidAssociationID.Malformed',
  'import-snap': 'InvalidConversionTaskId.Malformed',
  replacevol: 'InvalidReplaceRootVolumeTaskId.Malformed',
} as const;

export type IdPrefix = keyof typeof resources;

/** Makes the id of a new resource; `hex` is 17 random lower-case hex digits. */
export function formatId(prefix: IdPrefix, hex: string): string {
  return `${prefix}-${hex}`;
}

/**
 * Refuses an id that is not `<prefix>-` and 8 or 17 lower-case hex digits.
 * @throws `Invalid…ID.Malformed`, whose text tells a wrong prefix from wrong digits as AWS's does.
 */
export function checkId(prefix: IdPrefix, id: string): string {
  if (!id.startsWith(`${prefix}-`))
    throw new ApiError(resources[prefix], `Invalid id: "${id}" (expecting "${prefix}-...")`);
  if (!/^([0-9a-f]{8}|[0-9a-f]{17})$/.test(id.slice(prefix.length + 1)))
    throw new ApiError(resources[prefix], `Invalid id: "${id}"`);
  return id;
}

/** Which kind of resource an id names, by its prefix; undefined when the prefix is unknown. */
export function prefixOf(id: string): IdPrefix | undefined {
  const prefix = id.slice(0, id.lastIndexOf('-'));
  return Object.hasOwn(resources, prefix) ? (prefix as IdPrefix) : undefined;
}
