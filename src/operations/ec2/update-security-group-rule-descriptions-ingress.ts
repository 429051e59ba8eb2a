import { operation } from './operation.ts';
import { updateDescriptions } from './security-group-descriptions.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UpdateSecurityGroupRuleDescriptionsIngress.html */
export const updateSecurityGroupRuleDescriptionsIngress = operation(
  'UpdateSecurityGroupRuleDescriptionsIngress',
  (input, context) => updateDescriptions(false, input, context),
);
