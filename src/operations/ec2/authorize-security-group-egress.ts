import { operation } from './operation.ts';
import { authorizeRules } from './security-group-change.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupEgress.html */
export const authorizeSecurityGroupEgress = operation('AuthorizeSecurityGroupEgress', (input, context) =>
  authorizeRules(true, input, context),
);
