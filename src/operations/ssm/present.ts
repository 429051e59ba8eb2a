import type { FoundParameter } from '../../domain/parameter.ts';
import type { SsmParameter } from './actions.ts';

export function presentParameter(parameter: FoundParameter): SsmParameter {
  return {
    Name: parameter.name,
    Type: parameter.type,
    Value: parameter.value,
    Version: parameter.version,
    ...(parameter.selector !== undefined && { Selector: `:${parameter.selector}` }),
    LastModifiedDate: new Date(parameter.time),
    ARN: parameter.arn,
    DataType: parameter.dataType,
  };
}
