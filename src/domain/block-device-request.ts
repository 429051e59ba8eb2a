import { ApiError } from './errors.ts';

/** A block device mapping as the API receives it. An empty string says nothing, but in `NoDevice` it is the usual value. */
export interface BlockDeviceRequest {
  DeviceName?: string;
  VirtualName?: string;
  NoDevice?: string;
  Ebs?: EbsRequest;
}

export interface EbsRequest {
  SnapshotId?: string;
  VolumeSize?: number;
  VolumeType?: string;
  DeleteOnTermination?: boolean;
  Encrypted?: boolean;
  KmsKeyId?: string;
  Iops?: number;
  Throughput?: number;
}

export const invalidBlockDeviceMapping = (message: string) =>
  new ApiError('InvalidBlockDeviceMapping', message);

/** The requests by device name. @throws InvalidBlockDeviceMapping without a name, or for one used twice. */
export function requestsByDevice(
  requests: readonly BlockDeviceRequest[] | undefined,
): Map<string, BlockDeviceRequest> {
  const byDevice = new Map<string, BlockDeviceRequest>();
  for (const request of requests ?? []) {
    if (!request.DeviceName) throw invalidBlockDeviceMapping('Missing device name');
    if (byDevice.has(request.DeviceName))
      throw invalidBlockDeviceMapping(
        `The device '${request.DeviceName}' is used in more than one block-device mapping`,
      );
    byDevice.set(request.DeviceName, request);
  }
  return byDevice;
}

/** The ids of the snapshots the requests name, for the caller to load. */
export function requestedSnapshotIds(requests: readonly BlockDeviceRequest[] | undefined): string[] {
  const ids = (requests ?? []).flatMap(request =>
    request.NoDevice === undefined && request.Ebs?.SnapshotId ? [request.Ebs.SnapshotId] : [],
  );
  return [...new Set(ids)];
}
