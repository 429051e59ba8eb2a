import { operation } from './operation.ts';
import { authorizeRules } from './security-group-change.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html */
export const authorizeSecurityGroupIngress = operation('AuthorizeSecurityGroupIngress', (input, context) =>
  authorizeRules(false, input, context),
);
