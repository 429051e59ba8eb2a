/** Request and result of the actions of Systems Manager that are served, by hand: its client is not among our dependencies. */
export interface SsmActions {
  DeleteParameter: [{ Name: string }, Record<string, never>];
  GetParameter: [{ Name: string; WithDecryption?: boolean }, { Parameter: SsmParameter }];
  GetParameters: [
    { Names: string[]; WithDecryption?: boolean },
    { Parameters: SsmParameter[]; InvalidParameters: string[] },
  ];
  GetParametersByPath: [GetParametersByPathRequest, { Parameters: SsmParameter[]; NextToken?: string }];
  PutParameter: [PutParameterRequest, { Version: number; Tier: string }];
}

export interface GetParametersByPathRequest {
  Path: string;
  Recursive?: boolean;
  ParameterFilters?: { Key: string; Option?: string; Values?: string[] }[];
  WithDecryption?: boolean;
  MaxResults?: number;
  NextToken?: string;
}

export interface PutParameterRequest {
  Name: string;
  Description?: string;
  Value: string;
  Type?: string;
  KeyId?: string;
  Overwrite?: boolean;
  AllowedPattern?: string;
  Tags?: { Key: string; Value: string }[];
  Tier?: string;
  Policies?: string;
  DataType?: string;
}

export interface SsmParameter {
  Name: string;
  Type: string;
  Value: string;
  Version: number;
  /** `:version`, when the request asked for one. */
  Selector?: string;
  LastModifiedDate: Date;
  ARN: string;
  DataType: string;
}
