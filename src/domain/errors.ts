/**
 * Errors for the caller, named by their AWS code. A protocol turns an `ApiError` into its status and envelope;
 * anything else that is thrown becomes `InternalError` outside and a full log line inside.
 */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly code: string;
  /** HTTP status: 400 unless AWS answers otherwise (401, 403, 412, 500, 503). */
  readonly status: number;
  /** The EBS direct API's finer word beside the code, e.g. `SNAPSHOT_NOT_FOUND`. */
  readonly reason?: string;

  constructor(code: string, message: string, status = 400, options?: ErrorOptions & { reason?: string }) {
    super(message, options);
    this.code = code;
    this.status = status;
    this.reason = options?.reason;
  }
}

/** Throws `error`: lets a lookup read `(await records.images.get(id)) ?? fail(imageNotFound([id]))`. */
export function fail(error: Error): never {
  throw error;
}

export const internalError = () => new ApiError('InternalError', 'An internal error has occurred', 500);
export const dryRunOperation = () =>
  new ApiError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
export const invalidParameterValue = (message: string) => new ApiError('InvalidParameterValue', message);
export const invalidParameterCombination = (message: string) =>
  new ApiError('InvalidParameterCombination', message);
export const missingParameter = (name: string) =>
  new ApiError('MissingParameter', `The request must contain the parameter ${name}`);
export const unsupportedOperation = (message: string) => new ApiError('UnsupportedOperation', message);
export const operationNotPermitted = (message: string) => new ApiError('OperationNotPermitted', message);
