import type * as sdk from '@aws-sdk/client-ec2';
import { invalidParameterValue } from '../../domain/errors.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { notAuthorizedForSnapshot } from '../../domain/snapshot-errors.ts';
import { findSnapshot } from './find-snapshot.ts';
import { operation } from './operation.ts';
import { presentProductCodes } from './present/image.ts';
import { required } from './request.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshotAttribute.html
 * Whom it is shared with is its owner's to know; its product codes everyone's who may use it.
 */
export const describeSnapshotAttribute = operation('DescribeSnapshotAttribute', async (input, context) => {
  const { accountId } = context.caller;
  const attribute: string = required(input.Attribute, 'Attribute');
  const snapshot = await findSnapshot(context.records.read, accountId, input.SnapshotId);
  const SnapshotId = snapshot.snapshotId;
  if (attribute === 'productCodes')
    return { SnapshotId, ProductCodes: presentProductCodes(snapshot.productCodes) };
  if (attribute !== 'createVolumePermission')
    throw invalidParameterValue(
      `Value (${attribute}) for parameter attribute is invalid. Unknown attribute.`,
    );
  if (snapshot.ownerId !== accountId) throw notAuthorizedForSnapshot(SnapshotId);
  return { SnapshotId, CreateVolumePermissions: presentPermissions(snapshot) };
});

function presentPermissions({ createVolumePermissions }: Snapshot): sdk.CreateVolumePermission[] {
  return createVolumePermissions.map(grantee => (grantee === 'all' ? { Group: 'all' } : { UserId: grantee }));
}
