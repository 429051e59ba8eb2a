import { operation } from './operation.ts';
import { revokeRules } from './security-group-change.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html */
export const revokeSecurityGroupIngress = operation('RevokeSecurityGroupIngress', (input, context) =>
  revokeRules(false, input, context),
);
