/** What keeps a listing from being answered, by its exact text. */
import { beforeAll, describe } from 'vitest';
import { describeImages } from '../../../../src/operations/ec2/describe-images.ts';
import { describeSnapshots } from '../../../../src/operations/ec2/describe-snapshots.ts';
import { hexId } from '../../../support/records.ts';
import { refuses } from '../../errors.ts';
import { type TestRegion, testRegion } from '../../region.ts';

const own = hexId('ami', 1);
let region: TestRegion;
beforeAll(() => {
  region = testRegion();
});

describe('a listing', () => {
  const malformedUser = (user: string) => ({
    code: 'InvalidUserID.Malformed',
    message: `Invalid user id: "${user}"`,
  });
  const values = Array.from({ length: 201 }, (_, n) => `v${n}`);
  const limit = {
    code: 'FilterLimitExceeded',
    message: 'The maximum number of filter values specified on a single call is 200',
  };
  const invalid = { operation: describeImages, code: 'InvalidParameterValue' };
  refuses(() => region, {
    'of an owner there is none of': {
      operation: describeImages,
      input: { Owners: ['self', 'foo'] },
      ...malformedUser('foo'),
    },
    'of what an alias may launch': {
      operation: describeImages,
      input: { ExecutableUsers: ['amazon'] },
      ...malformedUser('amazon'),
    },
    'with an unknown filter': {
      ...{ ...invalid, input: { Filters: [{ Name: 'colour', Values: ['red'] }] } },
      message: "The filter 'colour' is invalid",
    },
    'with a filter in capitals': {
      ...{ ...invalid, input: { Filters: [{ Name: 'Name', Values: ['x'] }] } },
      message: "The filter 'Name' is invalid",
    },
    'with a filter named like what every object has': {
      ...{ ...invalid, input: { Filters: [{ Name: 'constructor', Values: ['x'] }] } },
      message: "The filter 'constructor' is invalid",
    },
    'with a filter without a name': {
      ...{ ...invalid, input: { Filters: [{ Values: ['x'] }] } },
      message: "The filter 'null' is invalid",
    },
    'with a filter without values': {
      ...{ ...invalid, input: { Filters: [{ Name: 'name' }] } },
      message: "The filter 'name' has no values",
    },
    'with 201 values of a filter': {
      operation: describeImages,
      input: { Filters: [{ Name: 'name', Values: values }] },
      ...limit,
    },
    'with 201 values of two': {
      operation: describeImages,
      input: {
        Filters: [
          { Name: 'name', Values: values.slice(1) },
          { Name: 'state', Values: ['available'] },
        ],
      },
      ...limit,
    },
    'of ids, in pages': {
      ...{ operation: describeImages, input: { ImageIds: [own], MaxResults: 5 } },
      code: 'InvalidParameterCombination',
      message: 'The parameter imageIdsSet cannot be used with the parameter maxResults',
    },
    'in pages of nothing': {
      ...{ ...invalid, input: { MaxResults: 0 } },
      message: 'Value ( 0 ) for parameter maxResults is invalid. Expecting a value greater than 1.',
    },
    'in pages too long': {
      ...{ ...invalid, input: { MaxResults: 1001 } },
      message: 'Value ( 1001 ) for parameter maxResults is invalid. Expecting a value less than 1000.',
    },
    'from a token of elsewhere': {
      ...{ operation: describeImages, input: { NextToken: 'eyJ2IjoyfQ==' } },
      ...{ code: 'InvalidNextToken', message: "The token 'eyJ2IjoyfQ==' is invalid" },
    },
    'of snapshots of an owner there is none of': {
      operation: describeSnapshots,
      input: { OwnerIds: ['foo'] },
      ...malformedUser('foo'),
    },
    'of what nobody may make volumes of': {
      operation: describeSnapshots,
      input: { RestorableByUserIds: ['foo'] },
      ...malformedUser('foo'),
    },
    'of snapshots with an unknown filter': {
      ...{ operation: describeSnapshots, input: { Filters: [{ Name: 'architecture', Values: ['x'] }] } },
      ...{ code: 'InvalidParameterValue', message: "The filter 'architecture' is invalid" },
    },
    'of snapshots with 201 values': {
      operation: describeSnapshots,
      input: { Filters: [{ Name: 'status', Values: values }] },
      ...limit,
    },
    'of snapshots by id, in pages': {
      ...{ operation: describeSnapshots, input: { SnapshotIds: [hexId('snap', 1)], MaxResults: 5 } },
      code: 'InvalidParameterCombination',
      message: 'The parameter snapshotSet cannot be used with the parameter maxResults',
    },
    'of snapshots in pages too short': {
      ...{ operation: describeSnapshots, input: { MaxResults: 4 }, code: 'InvalidParameterValue' },
      message: 'Value ( 4 ) for parameter maxResults is invalid. Expecting a value greater than 5.',
    },
    'of snapshots, from a token of elsewhere': {
      ...{ operation: describeSnapshots, input: { NextToken: 'AAAA' } },
      ...{ code: 'InvalidNextToken', message: "The token 'AAAA' is invalid" },
    },
    'that would have succeeded': {
      ...{ operation: describeImages, input: { DryRun: true }, status: 412 },
      code: 'DryRunOperation',
      message: 'Request would have succeeded, but DryRun flag is set.',
    },
  });
});
