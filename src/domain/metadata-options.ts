/** How guests reach their metadata: what a request, the account, the image and AWS say, in this order. */
import {
  ApiError,
  invalidParameterCombination,
  invalidParameterValue,
  unsupportedOperation,
} from './errors.ts';
import type { Image } from './image.ts';
import type { MetadataOptions } from './instance.ts';
import { isMetadataTagKey } from './instance-metadata-tree.ts';
import { oneOf } from './one-of.ts';

/** Metadata options as the API receives them. */
export interface MetadataOptionsRequest {
  HttpTokens?: string;
  HttpPutResponseHopLimit?: number;
  HttpEndpoint?: string;
  HttpProtocolIpv6?: string;
  InstanceMetadataTags?: string;
}

/** What an account chose for its new instances; `httpTokensEnforced` refuses launches that do not require tokens. */
export interface MetadataDefaults extends Partial<MetadataOptions> {
  httpTokensEnforced?: 'enabled' | 'disabled';
}

const onOff = ['enabled', 'disabled'] as const;
const tokens = ['optional', 'required'] as const;
const mostHops = 64;

/** Only what is said. @throws InvalidParameterValue, UnsupportedOperation */
export function parseMetadataOptions(request: MetadataOptionsRequest = {}): Partial<MetadataOptions> {
  if (oneOf('HttpProtocolIpv6', request.HttpProtocolIpv6, onOff) === 'enabled')
    throw unsupportedOperation('The parameter MetadataOptions.HttpProtocolIpv6 is not supported.');
  return said({
    httpTokens: oneOf('HttpTokens', request.HttpTokens, tokens),
    httpPutResponseHopLimit: parseHops(request.HttpPutResponseHopLimit),
    httpEndpoint: oneOf('HttpEndpoint', request.HttpEndpoint, onOff),
    instanceMetadataTags: oneOf('InstanceMetadataTags', request.InstanceMetadataTags, onOff),
  });
}

/** The options of a new instance. An image that supports v2.0 only has tokens required and two hops. */
export function settleMetadataOptions(
  asked: Partial<MetadataOptions>,
  account: MetadataDefaults,
  image: Pick<Image, 'imdsSupport'>,
): MetadataOptions {
  const isV2 = image.imdsSupport === 'v2.0';
  const { httpTokensEnforced, ...defaults } = account;
  const settled: MetadataOptions = {
    httpTokens: isV2 ? 'required' : 'optional',
    httpPutResponseHopLimit: isV2 ? 2 : 1,
    httpEndpoint: 'enabled',
    instanceMetadataTags: 'disabled',
    ...defaults,
    ...asked,
  };
  if (httpTokensEnforced === 'enabled' && settled.httpTokens !== 'required') throw tokensEnforced();
  return settled;
}

/** An instance's options with a change over them. @throws InvalidParameterCombination, UnsupportedOperation */
export function changeMetadataOptions(
  options: MetadataOptions,
  change: Partial<MetadataOptions>,
  account: MetadataDefaults,
): MetadataOptions {
  if (Object.keys(change).length === 0)
    throw invalidParameterCombination('No metadata options specified: at least one has to be.');
  if (account.httpTokensEnforced === 'enabled' && change.httpTokens === 'optional') throw tokensNotOptional();
  return { ...options, ...change };
}

/** ModifyInstanceMetadataDefaults' request over what the account chose before; `no-preference`, or -1, forgets a choice. */
export function changeMetadataDefaults(
  before: MetadataDefaults,
  request: MetadataOptionsRequest & { HttpTokensEnforced?: string },
): MetadataDefaults {
  const none = 'no-preference' as const;
  const hops = request.HttpPutResponseHopLimit;
  const change = said({
    httpTokens: oneOf('HttpTokens', request.HttpTokens, [...tokens, none]),
    httpPutResponseHopLimit: hops === -1 ? none : parseHops(hops),
    httpEndpoint: oneOf('HttpEndpoint', request.HttpEndpoint, [...onOff, none]),
    instanceMetadataTags: oneOf('InstanceMetadataTags', request.InstanceMetadataTags, [...onOff, none]),
    httpTokensEnforced: oneOf('HttpTokensEnforced', request.HttpTokensEnforced, [...onOff, none]),
  });
  const kept = Object.entries({ ...before, ...change }).filter(([, value]) => value !== none);
  return Object.fromEntries(kept);
}

/** @throws InvalidParameterValue for a tag that the metadata of an instance could not show */
export function checkMetadataTags(options: MetadataOptions, tags: Readonly<Record<string, string>>): void {
  if (options.instanceMetadataTags === 'disabled') return;
  const bad = Object.keys(tags).find(key => !isMetadataTagKey(key));
  if (bad !== undefined)
    throw invalidParameterValue(
      `'${bad}' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\\-_+=,.@:]{1,255}), and must not be a reserved name ('.', '..', '_index')`,
    );
}

function parseHops(hops: number | undefined): number | undefined {
  if (hops !== undefined && !(Number.isInteger(hops) && hops >= 1 && hops <= mostHops))
    throw invalidParameterValue(
      `Value (${hops}) for parameter HttpPutResponseHopLimit is invalid. It must be between 1 and ${mostHops}.`,
    );
  return hops;
}

function said<Options extends object>(
  options: Options,
): { [Name in keyof Options]?: NonNullable<Options[Name]> } {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as never;
}

const tokensEnforced = () =>
  new ApiError(
    'UnsupportedOperation',
    "You can't launch instances with IMDSv1 because httpTokensEnforced is enabled for this account. Either launch the instance with httpTokens=required or contact your account owner to disable httpTokensEnforced using the ModifyInstanceMetadataDefaults API or the account settings in the EC2 console.",
  );
/** [R] text */
const tokensNotOptional = () =>
  new ApiError(
    'UnsupportedOperation',
    "You can't set httpTokens to optional because httpTokensEnforced is enabled for this account.",
  );
