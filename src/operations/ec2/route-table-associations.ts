import { fail } from '../../domain/errors.ts';
import { checkId } from '../../domain/ids.ts';
import type { RouteTable, RouteTableAssociation } from '../../domain/network.ts';
import { associationNotFound } from '../../domain/routing-errors.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { required } from './request.ts';

/** The caller's table that has the association, and the association. @throws InvalidAssociationID.NotFound */
export async function ownAssociation(
  records: RegionReader,
  ownerId: string,
  id: string | undefined,
): Promise<{ table: RouteTable; association: RouteTableAssociation }> {
  const associationId = checkId('rtbassoc', required(id, 'AssociationId'));
  const tables = await records.routeTables.list({ ownerId });
  const found = tables.flatMap(table =>
    table.associations
      .filter(one => one.associationId === associationId)
      .map(association => ({ table, association })),
  );
  return found[0] ?? fail(associationNotFound(associationId));
}

/** The table without the association. */
export function without(table: RouteTable, { associationId }: RouteTableAssociation): RouteTable {
  return {
    ...table,
    associations: table.associations.filter(one => one.associationId !== associationId),
  };
}
