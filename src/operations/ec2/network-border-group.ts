import { otherBorderGroup } from '../../domain/elastic-address-errors.ts';
import type { Context } from '../context.ts';

/** All addresses of a region are in one group, which is named like it. @throws InvalidParameterValue for another */
export function checkBorderGroup({ region }: Context, group: string | undefined): void {
  if (group && group !== region.name) throw otherBorderGroup(group, region.name);
}
