import { operationsOf } from '../operation.ts';
import type { RbinActions } from './actions.ts';

export const operation = operationsOf<RbinActions>();
