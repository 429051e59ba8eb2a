import {
  invalidParameterCombination,
  invalidParameterValue,
  operationNotPermitted,
  unsupportedOperation,
} from './errors.ts';
import type { Architecture, Image } from './image.ts';

/** What RegisterImage says of the machine an image is for. */
export interface MachineRequest {
  Architecture?: string;
  VirtualizationType?: string;
  BootMode?: string;
  TpmSupport?: string;
  ImdsSupport?: string;
  UefiData?: string;
  SriovNetSupport?: string;
  EnaSupport?: boolean;
  KernelId?: string;
  RamdiskId?: string;
  BillingProducts?: string[];
}

export type Machine = Pick<
  Image,
  | 'architecture'
  | 'virtualizationType'
  | 'bootMode'
  | 'tpmSupport'
  | 'imdsSupport'
  | 'sriovNetSupport'
  | 'enaSupport'
  | 'kernelId'
  | 'ramdiskId'
>;

/**
 * The machine an EBS image is registered for. Amazon's defaults are old: i386 and paravirtual (spec C.3).
 * @throws InvalidParameterValue, InvalidParameterCombination, UnsupportedOperation, OperationNotPermitted
 */
export function settleMachine(request: MachineRequest): Machine {
  const { UefiData, BillingProducts, EnaSupport, KernelId, RamdiskId } = request;
  if (BillingProducts?.some(product => product !== ''))
    throw operationNotPermitted('This account may not register images with billing products.');
  if (UefiData)
    throw unsupportedOperation('UEFI variables of an image are not served yet: leave UefiData out.');

  const machine: Machine = {
    architecture: architectureOf(request.Architecture || 'i386'),
    virtualizationType: oneOf('VirtualizationType', request.VirtualizationType || 'paravirtual', [
      'hvm',
      'paravirtual',
    ]),
    bootMode: optional('BootMode', request.BootMode, ['legacy-bios', 'uefi', 'uefi-preferred']),
    tpmSupport: optional('TpmSupport', request.TpmSupport, ['v2.0']),
    imdsSupport: optional('ImdsSupport', request.ImdsSupport, ['v2.0']),
    sriovNetSupport: optional('SriovNetSupport', request.SriovNetSupport, ['simple']),
    ...(EnaSupport && { enaSupport: true }),
    ...(KernelId && { kernelId: KernelId }),
    ...(RamdiskId && { ramdiskId: RamdiskId }),
  };
  checkTogether(machine);
  return machine;
}

function checkTogether(machine: Machine): void {
  const { bootMode, tpmSupport, architecture, virtualizationType } = machine;
  if (tpmSupport && bootMode !== 'uefi')
    throw invalidParameterCombination("TpmSupport 'v2.0' requires the boot mode 'uefi'.");
  if (architecture === 'arm64' && bootMode && bootMode !== 'uefi')
    throw invalidParameterCombination(`The boot mode '${bootMode}' is not supported for arm64 images.`);
  if (virtualizationType === 'hvm') {
    if (machine.kernelId || machine.ramdiskId)
      throw invalidParameterCombination(
        "KernelId and RamdiskId are for images of virtualization type 'paravirtual'.",
      );
    return;
  }
  if (machine.enaSupport || machine.sriovNetSupport)
    throw invalidParameterCombination("Enhanced networking requires the virtualization type 'hvm'.");
  if (bootMode) throw invalidParameterCombination("A boot mode requires the virtualization type 'hvm'.");
}

function architectureOf(name: string): Architecture {
  if (name === 'x86_64_mac' || name === 'arm64_mac')
    throw unsupportedOperation(`Images of architecture '${name}' are not served.`);
  return oneOf('Architecture', name, ['i386', 'x86_64', 'arm64']);
}

function optional<Value extends string>(
  parameter: string,
  value: string | undefined,
  allowed: readonly Value[],
): Value | undefined {
  return value ? oneOf(parameter, value, allowed) : undefined;
}

function oneOf<Value extends string>(parameter: string, value: string, allowed: readonly Value[]): Value {
  const found = allowed.find(one => one === value);
  if (found === undefined)
    throw invalidParameterValue(
      `Value (${value}) for parameter ${parameter} is invalid. Expecting one of: ${allowed.join(', ')}.`,
    );
  return found;
}
