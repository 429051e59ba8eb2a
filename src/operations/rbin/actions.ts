/** Request and result of the actions of the Recycle Bin, by hand: its client is not among our dependencies. */
export interface RbinActions {
  CreateRule: [CreateRuleRequest, RuleResponse];
  DeleteRule: [RuleRequest, undefined];
  GetRule: [RuleRequest, RuleResponse];
  ListRules: [ListRulesRequest, { Rules: RuleSummary[]; NextToken?: string }];
  ListTagsForResource: [ResourceRequest, { Tags: Tag[] }];
  LockRule: [RuleRequest & { LockConfiguration: LockConfiguration }, RuleResponse];
  TagResource: [ResourceRequest & { Tags: Tag[] }, undefined];
  UnlockRule: [RuleRequest, RuleResponse];
  UntagResource: [ResourceRequest & { TagKeys: string[] }, undefined];
  UpdateRule: [UpdateRuleRequest, RuleResponse];
}

interface RuleRequest {
  Identifier: string;
}

interface ResourceRequest {
  ResourceArn: string;
}

interface RetentionPeriod {
  RetentionPeriodValue: number;
  RetentionPeriodUnit: string;
}

interface ResourceTag {
  ResourceTagKey: string;
  ResourceTagValue?: string;
}

interface LockConfiguration {
  UnlockDelay: { UnlockDelayValue: number; UnlockDelayUnit: string };
}

interface Tag {
  Key: string;
  Value: string;
}

interface CreateRuleRequest {
  RetentionPeriod: RetentionPeriod;
  ResourceType: string;
  Description?: string;
  Tags?: Tag[];
  ResourceTags?: ResourceTag[];
  LockConfiguration?: LockConfiguration;
  ExcludeResourceTags?: ResourceTag[];
}

interface UpdateRuleRequest extends RuleRequest {
  RetentionPeriod?: RetentionPeriod;
  Description?: string;
  ResourceType?: string;
  ResourceTags?: ResourceTag[];
  ExcludeResourceTags?: ResourceTag[];
}

interface ListRulesRequest {
  ResourceType: string;
  MaxResults?: number;
  NextToken?: string;
  ResourceTags?: ResourceTag[];
  LockState?: string;
  ExcludeResourceTags?: ResourceTag[];
}

export interface RuleSummary {
  Identifier: string;
  Description?: string;
  RetentionPeriod: RetentionPeriod;
  LockState?: string;
  RuleArn: string;
}

export interface RuleResponse extends RuleSummary {
  ResourceType: string;
  Tags?: Tag[];
  ResourceTags: ResourceTag[];
  ExcludeResourceTags: ResourceTag[];
  Status: 'available';
  LockConfiguration?: LockConfiguration;
  LockEndTime?: Date;
}
