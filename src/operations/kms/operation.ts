import { operationsOf } from '../operation.ts';
import type { KmsActions } from './actions.ts';

export const operation = operationsOf<KmsActions>();
