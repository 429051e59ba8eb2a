import { operation } from './operation.ts';

/** Says whose key signed the request. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export const getCallerIdentity = operation('GetCallerIdentity', async (_input, { caller }) => ({
  Account: caller.accountId,
  Arn: caller.arn,
  UserId: caller.accountId,
}));
