/** The services behind the one port: which a request is for, the protocol it speaks, and how it refuses a signature. */
import { ApiError } from '../domain/errors.ts';
import { insteadOf } from '../operations/ec2/instead-of.ts';
import { awsJson } from './aws-json.ts';
import { awsQuery, awsQueryError } from './aws-query.ts';
import { shown } from './characters.ts';
import { ec2Query } from './ec2-query.ts';
import { loadModel } from './model.ts';
import { restJson } from './rest-json.ts';
import type { SignatureError } from './signature-v4.ts';
import type { Protocol, WireRequest } from './wire.ts';

export const serviceNames = ['ec2', 'ebs', 'kms', 'organizations', 'rbin', 'ssm', 'sts'] as const;
export type ServiceName = (typeof serviceNames)[number];

export interface Service {
  readonly name: ServiceName;
  readonly protocol: Protocol;
  /** Bytes of body: a block of 512 KiB and no more, or a form. */
  readonly maxBody: number;
  /** STS and Organizations answer the same in every region, so their callers may have signed for any. */
  readonly regional: boolean;
  /** Whether the signature may leave out this request's body, as the AWS tools do for blocks: their checksum header is signed. */
  mayBeUnsigned(request: WireRequest): boolean;
  refuse(fault: SignatureError['fault'] | 'unknown-key', message: string): ApiError;
}

export const maxFormBytes = 1024 * 1024;
const maxBlockBytes = (512 + 64) * 1024;

export function loadServices(): Record<ServiceName, Service> {
  return {
    ec2: {
      name: 'ec2',
      protocol: ec2Query(loadModel('ec2'), insteadOf),
      maxBody: maxFormBytes,
      regional: true,
      mayBeUnsigned: () => false,
      refuse: refuseEc2,
    },
    ebs: {
      name: 'ebs',
      protocol: restJson(loadModel('ebs')),
      maxBody: maxBlockBytes,
      regional: true,
      mayBeUnsigned: ({ method, path }) =>
        method === 'PUT' && /^\/snapshots\/[^/]+\/blocks\/[^/]+$/.test(path),
      refuse: refuseEbs,
    },
    kms: {
      name: 'kms',
      protocol: awsJson(loadModel('kms'), 'TrentService', 'KMSInternalException'),
      maxBody: maxFormBytes,
      regional: true,
      mayBeUnsigned: () => false,
      refuse: refuseJson,
    },
    organizations: {
      name: 'organizations',
      protocol: awsJson(loadModel('organizations'), 'AWSOrganizationsV20161128', 'ServiceException'),
      maxBody: maxFormBytes,
      regional: false,
      mayBeUnsigned: () => false,
      refuse: refuseJson,
    },
    ssm: {
      name: 'ssm',
      protocol: awsJson(loadModel('ssm'), 'AmazonSSM', 'InternalServerError'),
      maxBody: maxFormBytes,
      regional: true,
      mayBeUnsigned: () => false,
      refuse: refuseJson,
    },
    rbin: {
      name: 'rbin',
      protocol: restJson(loadModel('rbin')),
      maxBody: maxFormBytes,
      regional: true,
      mayBeUnsigned: () => false,
      refuse: refuseEbs,
    },
    sts: {
      name: 'sts',
      protocol: awsQuery(loadModel('sts'), 'https://sts.amazonaws.com/doc/2011-06-15/'),
      maxBody: maxFormBytes,
      regional: false,
      mayBeUnsigned: () => false,
      refuse: refuseSts,
    },
  };
}

/** Versions of services that share EC2's form: Packer sends their calls to the EC2 endpoint. */
const serviceOfVersion: Record<string, string> = { '2011-06-15': 'sts', '2010-05-08': 'iam' };

/** How the `X-Amz-Target` of a service's calls begins. */
const serviceOfTarget: Record<string, ServiceName> = {
  AWSOrganizationsV20161128: 'organizations',
  AmazonSSM: 'ssm',
  TrentService: 'kms',
};

/** The service named by the signature's scope, unless the API version says better; unsigned requests tell by path and host. */
export function serviceNameOf(request: WireRequest, scopeService: string | undefined): string {
  if (scopeService !== undefined && scopeService !== 'ec2') return scopeService;
  const byVersion = serviceOfVersion[versionOf(request) ?? ''];
  if (byVersion ?? scopeService) return (byVersion ?? scopeService)!;
  if (request.path.startsWith('/snapshots')) return 'ebs';
  if (/^\/(rules|list-rules|tags)(\/|$)/.test(request.path)) return 'rbin';
  const byTarget = serviceOfTarget[request.headers.get('x-amz-target')?.split('.')[0] ?? ''];
  if (byTarget) return byTarget;
  const host = request.headers.get('host')?.split('.')[0];
  return serviceNames.find(name => name === host) ?? 'ec2';
}

function versionOf(request: WireRequest): string | undefined {
  const form = request.method === 'GET' ? request.query : request.body.toString('latin1');
  return /(?:^|&)Version=([^&]{1,20})(?:&|$)/.exec(form)?.[1];
}

export function unknownService(name: string): ApiError {
  return new ApiError(
    'UnknownService',
    `The service ${shown(name)} is not served here; served are ${serviceNames.join(', ')}`,
  );
}

/** Speaks for services there are none of, in the envelope of most of them. */
export const unknownServiceProtocol: Pick<Protocol, 'refuse'> = { refuse: awsQueryError };

function refuseEc2(fault: SignatureError['fault'] | 'unknown-key', message: string): ApiError {
  switch (fault) {
    case 'missing':
      return new ApiError('MissingAuthenticationToken', message, 403);
    case 'malformed':
      return new ApiError('IncompleteSignature', message);
    case 'expired':
      return new ApiError('RequestExpired', message);
    case 'mismatch':
    case 'unknown-key':
      return new ApiError('AuthFailure', 'AWS was not able to validate the provided access credentials', 401);
  }
}

function refuseSts(fault: SignatureError['fault'] | 'unknown-key', message: string): ApiError {
  if (fault === 'mismatch') return new ApiError('SignatureDoesNotMatch', signatureMismatch, 403);
  if (fault === 'unknown-key') {
    return new ApiError(
      'InvalidClientTokenId',
      'The security token included in the request is invalid.',
      403,
    );
  }
  return refuseEc2(fault, message);
}

function refuseEbs(fault: SignatureError['fault'] | 'unknown-key', message: string): ApiError {
  switch (fault) {
    case 'missing':
      return new ApiError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
    case 'malformed':
      return new ApiError('IncompleteSignatureException', message, 403);
    case 'expired':
      return new ApiError('RequestExpired', message);
    case 'mismatch':
      return new ApiError('InvalidSignatureException', signatureMismatch, 403);
    case 'unknown-key':
      return new ApiError(
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
        403,
      );
  }
}

/** The same names; in its protocol they are all of status 400. */
function refuseJson(fault: SignatureError['fault'] | 'unknown-key', message: string): ApiError {
  const refused = refuseEbs(fault, message);
  const code = fault === 'expired' ? 'InvalidSignatureException' : refused.code;
  return new ApiError(code, refused.message);
}

const signatureMismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';
