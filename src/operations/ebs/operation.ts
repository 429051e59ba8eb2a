import { operationsOf } from '../operation.ts';
import type { EbsActions } from './actions.ts';

export const operation = operationsOf<EbsActions>();
