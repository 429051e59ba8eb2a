/** Request and result of the actions of Organizations that are served, by hand: its client is not among our dependencies. */
export interface OrganizationsActions {
  DescribeAccount: [{ AccountId: string }, { Account: MemberAccount }];
  DescribeOrganization: [Record<string, never>, { Organization: DescribedOrganization }];
  DescribeOrganizationalUnit: [{ OrganizationalUnitId: string }, { OrganizationalUnit: DescribedUnit }];
  ListAccounts: [PageRequest, { Accounts: MemberAccount[]; NextToken?: string }];
  ListAccountsForParent: [ParentRequest, { Accounts: MemberAccount[]; NextToken?: string }];
  ListChildren: [
    ParentRequest & { ChildType: 'ACCOUNT' | 'ORGANIZATIONAL_UNIT' },
    { Children: { Id: string; Type: string }[]; NextToken?: string },
  ];
  ListOrganizationalUnitsForParent: [
    ParentRequest,
    { OrganizationalUnits: DescribedUnit[]; NextToken?: string },
  ];
  ListParents: [
    PageRequest & { ChildId: string },
    { Parents: { Id: string; Type: string }[]; NextToken?: string },
  ];
  ListRoots: [PageRequest, { Roots: Root[]; NextToken?: string }];
}

export interface PageRequest {
  MaxResults?: number;
  NextToken?: string;
}

export type ParentRequest = PageRequest & { ParentId: string };

export interface DescribedOrganization {
  Id: string;
  Arn: string;
  FeatureSet: string;
  MasterAccountArn: string;
  MasterAccountId: string;
}

export interface DescribedUnit {
  Id: string;
  Arn: string;
  Name: string;
}

export type Root = DescribedUnit & { PolicyTypes: [] };

export interface MemberAccount {
  Id: string;
  Arn: string;
  Name?: string;
  Status: string;
  State: string;
  JoinedMethod: string;
}
