import { operationsOf } from '../operation.ts';
import type { Ec2Actions } from './actions.ts';

export const operation = operationsOf<Ec2Actions>();
