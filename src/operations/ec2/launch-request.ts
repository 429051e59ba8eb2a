/** RunInstances' parameters, checked as far as they can be without looking anything up. */
import type { RunInstancesRequest } from '@aws-sdk/client-ec2';
import type { BlockDeviceRequest } from '../../domain/block-device-request.ts';
import { invalidParameterValue, missingParameter } from '../../domain/errors.ts';
import { checkId } from '../../domain/ids.ts';
import { isMetadataTagKey } from '../../domain/instance-metadata-tree.ts';
import { oneOf } from '../../domain/one-of.ts';
import { settleTags, type Tags } from '../../domain/tags.ts';
import { parseUserData } from '../../domain/user-data.ts';
import { type NetworkRequest, parseNetwork } from './launch-network.ts';
import { refuseUnserved } from './launch-parameters.ts';
import { required } from './request.ts';

export interface LaunchRequest {
  imageId: string;
  least: number;
  most: number;
  instanceType?: string;
  keyName?: string;
  userData?: string;
  network: NetworkRequest;
  blockDevices: BlockDeviceRequest[];
  tags: { instance?: Tags; volume?: Tags; 'network-interface'?: Tags };
  metadataOptions: {
    httpTokens?: 'optional' | 'required';
    httpPutResponseHopLimit?: number;
    httpEndpoint: 'enabled' | 'disabled';
    instanceMetadataTags: 'enabled' | 'disabled';
  };
  shutdownBehavior: 'stop' | 'terminate';
  disableApiTermination: boolean;
  disableApiStop: boolean;
  ebsOptimized: boolean;
}

/** @throws MissingParameter, InvalidParameterValue, InvalidParameterCombination, UnsupportedOperation, Invalid…Malformed */
export function parseLaunch(input: RunInstancesRequest): LaunchRequest {
  const { least, most } = parseCount(input.MinCount, input.MaxCount);
  refuseUnserved(input);
  const tags = settleTags(input.TagSpecifications, ['instance', 'volume', 'network-interface']);
  const metadataOptions = parseMetadataOptions(input.MetadataOptions);
  if (metadataOptions.instanceMetadataTags === 'enabled') checkMetadataTags(tags.instance);
  return {
    imageId: parseImageId(input.ImageId),
    least,
    most,
    instanceType: input.InstanceType || undefined,
    keyName: input.KeyName || undefined,
    userData: parseUserData(input.UserData),
    network: parseNetwork(input, most),
    blockDevices: input.BlockDeviceMappings ?? [],
    tags,
    metadataOptions,
    shutdownBehavior:
      oneOf('InstanceInitiatedShutdownBehavior', input.InstanceInitiatedShutdownBehavior, [
        'stop',
        'terminate',
      ]) ?? 'stop',
    disableApiTermination: input.DisableApiTermination === true,
    disableApiStop: input.DisableApiStop === true,
    ebsOptimized: input.EbsOptimized === true,
  };
}

function parseCount(min: number | undefined, max: number | undefined): { least: number; most: number } {
  const least = required(min, 'MinCount');
  const most = required(max, 'MaxCount');
  if (!(least >= 1)) throw invalidParameterValue('Minimum instance count must be greater than zero');
  if (!(most >= least))
    throw invalidParameterValue('Maximum instance count must not be smaller than minimum instance count');
  return { least, most };
}

function parseImageId(id: string | undefined): string {
  if (!id) throw missingParameter('ImageId');
  return checkId('ami', id);
}

function parseMetadataOptions(
  options: RunInstancesRequest['MetadataOptions'] = {},
): LaunchRequest['metadataOptions'] {
  const hopLimit = options.HttpPutResponseHopLimit;
  if (hopLimit !== undefined && !(Number.isInteger(hopLimit) && hopLimit >= 1 && hopLimit <= 64))
    throw invalidParameterValue(
      `Value (${hopLimit}) for parameter HttpPutResponseHopLimit is invalid. It must be between 1 and 64.`,
    );
  const onOff = ['enabled', 'disabled'] as const;
  return {
    httpTokens: oneOf('HttpTokens', options.HttpTokens, ['optional', 'required']),
    httpPutResponseHopLimit: hopLimit,
    httpEndpoint: oneOf('HttpEndpoint', options.HttpEndpoint, onOff) ?? 'enabled',
    instanceMetadataTags: oneOf('InstanceMetadataTags', options.InstanceMetadataTags, onOff) ?? 'disabled',
  };
}

function checkMetadataTags(tags: Tags | undefined): void {
  const bad = Object.keys(tags ?? {}).find(key => !isMetadataTagKey(key));
  if (bad !== undefined)
    throw invalidParameterValue(
      `'${bad}' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\\-_+=,.@:]{1,255}), and must not be a reserved name ('.', '..', '_index')`,
    );
}
