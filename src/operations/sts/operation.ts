import { operationsOf } from '../operation.ts';
import type { StsActions } from './actions.ts';

export const operation = operationsOf<StsActions>();
