import { operationsOf } from '../operation.ts';
import type { SsmActions } from './actions.ts';

export const operation = operationsOf<SsmActions>();
