import { operation } from './operation.ts';
import { revokeRules } from './security-group-change.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupEgress.html */
export const revokeSecurityGroupEgress = operation('RevokeSecurityGroupEgress', (input, context) =>
  revokeRules(true, input, context),
);
