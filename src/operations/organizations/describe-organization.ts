import { operation } from './operation.ts';
import { ownOrganization } from './organization.ts';
import { presentOrganization } from './present.ts';

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html */
export const describeOrganization = operation('DescribeOrganization', async (_input, context) => ({
  Organization: presentOrganization(context, ownOrganization(context)),
}));
