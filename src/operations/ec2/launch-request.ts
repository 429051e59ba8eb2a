/** RunInstances' parameters, checked as far as they can be without looking anything up. */
import type { RunInstancesRequest } from '@aws-sdk/client-ec2';
import type { BlockDeviceRequest } from '../../domain/block-device-request.ts';
import { type CpuCredits, parseCpuCredits } from '../../domain/cpu-credits.ts';
import { invalidParameterValue, missingParameter } from '../../domain/errors.ts';
import { checkId } from '../../domain/ids.ts';
import type { MetadataOptions } from '../../domain/instance.ts';
import { invalidInstanceType } from '../../domain/instance-errors.ts';
import { instanceType } from '../../domain/instance-types.ts';
import { parseMetadataOptions } from '../../domain/metadata-options.ts';
import { oneOf } from '../../domain/one-of.ts';
import { settleTags, type Tags } from '../../domain/tags.ts';
import { parseUserData } from '../../domain/user-data.ts';
import { type NetworkRequest, parseNetwork } from './launch-interfaces.ts';
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
  metadataOptions: Partial<MetadataOptions>;
  shutdownBehavior: 'stop' | 'terminate';
  disableApiTermination: boolean;
  disableApiStop: boolean;
  ebsOptimized: boolean;
  cpuCredits?: CpuCredits;
  hibernation: boolean;
}

/** @throws MissingParameter, InvalidParameterValue, InvalidParameterCombination, UnsupportedOperation, Invalid…Malformed */
export function parseLaunch(input: RunInstancesRequest): LaunchRequest {
  const { least, most } = parseCount(input.MinCount, input.MaxCount);
  refuseUnserved(input);
  const tags = settleTags(input.TagSpecifications, ['instance', 'volume', 'network-interface']);
  return {
    imageId: parseImageId(input.ImageId),
    least,
    most,
    instanceType: parseType(input.InstanceType),
    keyName: input.KeyName || undefined,
    userData: parseUserData(input.UserData),
    network: parseNetwork(input, most),
    blockDevices: input.BlockDeviceMappings ?? [],
    tags,
    metadataOptions: parseMetadataOptions(input.MetadataOptions),
    shutdownBehavior:
      oneOf('InstanceInitiatedShutdownBehavior', input.InstanceInitiatedShutdownBehavior, [
        'stop',
        'terminate',
      ]) ?? 'stop',
    disableApiTermination: input.DisableApiTermination === true,
    disableApiStop: input.DisableApiStop === true,
    ebsOptimized: input.EbsOptimized === true,
    cpuCredits: parseCpuCredits(input.CreditSpecification?.CpuCredits),
    hibernation: input.HibernationOptions?.Configured === true,
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

/** An unknown type is no value of the parameter: told before anything is looked up. */
function parseType(name: string | undefined): string | undefined {
  if (name && !instanceType(name)) throw invalidInstanceType(name);
  return name || undefined;
}

function parseImageId(id: string | undefined): string {
  if (!id) throw missingParameter('ImageId');
  return checkId('ami', id);
}
