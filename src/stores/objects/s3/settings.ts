/** Where in which S3 objects lie. */
export interface S3Location {
  bucket: string;
  /** Put before every key, without a slash at its ends; may be empty. */
  prefix: string;
  /** `http(s)://host[:port]`, no path. */
  endpoint: string;
  region: string;
  /** `endpoint/bucket/key`; else `bucket.endpoint/key`. */
  pathStyle: boolean;
}

export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}
