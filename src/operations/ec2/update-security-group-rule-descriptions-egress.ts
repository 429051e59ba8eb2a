import { operation } from './operation.ts';
import { updateDescriptions } from './security-group-descriptions.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UpdateSecurityGroupRuleDescriptionsEgress.html */
export const updateSecurityGroupRuleDescriptionsEgress = operation(
  'UpdateSecurityGroupRuleDescriptionsEgress',
  (input, context) => updateDescriptions(true, input, context),
);
