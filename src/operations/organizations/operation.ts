import { operationsOf } from '../operation.ts';
import type { OrganizationsActions } from './actions.ts';

export const operation = operationsOf<OrganizationsActions>();
