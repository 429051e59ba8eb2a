import type { CreateSnapshotsRequest, CreateSnapshotsResult } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Instance } from '../../../src/domain/instance.ts';
import { createSnapshots } from '../../../src/operations/ec2/create-snapshots.ts';
import { anInstance, attachedTo, aVolume, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const instanceId = hexId('i', 1);
const [root, data, other] = [1, 2, 3].map(n => hexId('vol', n)) as [string, string, string];

const create = (
  specification: object = {},
  input: Partial<CreateSnapshotsRequest> = {},
  account?: string,
): Promise<CreateSnapshotsResult> =>
  region.call(
    createSnapshots,
    { InstanceSpecification: { InstanceId: instanceId, ...specification }, ...input },
    account,
  );
const volumesOf = ({ Snapshots }: CreateSnapshotsResult) => Snapshots?.map(one => one.VolumeId);
const putInstance = (fields: Partial<Instance>) =>
  region.records.transaction(async records => records.instances.put(anInstance(fields)));
const tag = (resourceId: string, tags: Record<string, string>) =>
  region.records.transaction(async records =>
    records.tags.put({ resourceId, accountId: owner, resourceType: 'volume', tags }),
  );

beforeEach(async () => {
  region = testRegion();
  await region.records.transaction(async records => {
    await records.instances.put(anInstance());
    await records.volumes.put(aVolume({ volumeId: other, size: 3, ...attachedTo(instanceId, '/dev/sdg') }));
    await records.volumes.put(
      aVolume({ volumeId: data, size: 2, encrypted: true, ...attachedTo(instanceId, '/dev/sdf') }),
    );
    await records.volumes.put(
      aVolume({ volumeId: root, productCodes: ['code1'], ...attachedTo(instanceId, '/dev/xvda') }),
    );
    await records.volumes.put(
      aVolume({ volumeId: hexId('vol', 4), ...attachedTo(hexId('i', 2), '/dev/xvda') }),
    );
  });
});

describe('CreateSnapshots', () => {
  test('answers a pending snapshot for each volume, the root first, and has one job take them together', async () => {
    const answer = await create({}, { Description: 'nightly' });
    const ids = answer.Snapshots!.map(one => one.SnapshotId!);
    const common = { State: 'pending', StartTime: region.time, Progress: '0%', OwnerId: owner, Tags: [] };
    expect(answer.Snapshots).toEqual(
      [
        { SnapshotId: ids[0], VolumeId: root, VolumeSize: 8, Encrypted: false },
        { SnapshotId: ids[1], VolumeId: data, VolumeSize: 2, Encrypted: true },
        { SnapshotId: ids[2], VolumeId: other, VolumeSize: 3, Encrypted: false },
      ].map(one => expect.objectContaining({ ...one, ...common, Description: 'nightly' })),
    );
    expect(region.jobs).toEqual([
      { kind: 'create-snapshots', subject: instanceId, input: { snapshotIds: ids } },
    ]);
    expect(await region.records.read.snapshots.get(ids[0]!)).toMatchObject({
      state: 'pending',
      productCodes: ['code1'],
    });
  });

  test('leaves out the root, and the data volumes that are named', async () => {
    expect(volumesOf(await create({ ExcludeBootVolume: true }))).toEqual([data, other]);
    expect(volumesOf(await create({ ExcludeDataVolumeIds: [data] }))).toEqual([root, other]);
    expect(volumesOf(await create({ ExcludeBootVolume: true, ExcludeDataVolumeIds: [data] }))).toEqual([
      other,
    ]);
    expect(volumesOf(await create({ ExcludeBootVolume: false }))).toEqual([root, data, other]);
  });

  test('tags the snapshots, over the tags of their volumes if those are to be copied', async () => {
    await tag(root, { Name: 'boot', kept: 'yes', 'aws:made-by': 'x' });
    const TagSpecifications: CreateSnapshotsRequest['TagSpecifications'] = [
      { ResourceType: 'snapshot', Tags: [{ Key: 'Name', Value: 'nightly' }] },
    ];
    const plain = await create({}, { TagSpecifications });
    expect(plain.Snapshots?.map(one => one.Tags)).toEqual(Array(3).fill([{ Key: 'Name', Value: 'nightly' }]));
    const copied = await create({}, { TagSpecifications, CopyTagsFromSource: 'volume' });
    expect(copied.Snapshots?.[0]?.Tags).toEqual([
      { Key: 'Name', Value: 'nightly' },
      { Key: 'kept', Value: 'yes' },
    ]);
    expect(copied.Snapshots?.[1]?.Tags).toEqual([{ Key: 'Name', Value: 'nightly' }]);
    const record = await region.records.read.tags.get(`${copied.Snapshots?.[0]?.SnapshotId}/${owner}`);
    expect(record).toMatchObject({ resourceType: 'snapshot', tags: { Name: 'nightly', kept: 'yes' } });
  });

  test('takes a stopped instance as well, and one whose root is detached', async () => {
    await putInstance({ state: 'stopped' });
    await region.records.transaction(async records => records.volumes.put(aVolume({ volumeId: root })));
    expect(volumesOf(await create())).toEqual([data, other]);
  });

  test.each(['pending', 'shutting-down', 'terminated'] as const)(
    'refuses an instance that is %s',
    async state => {
      await putInstance({ state });
      expect(await refusal(create())).toEqual([
        'IncorrectInstanceState',
        `The instance '${instanceId}' is '${state}'. Snapshots can be taken of a running, stopping or stopped instance.`,
        400,
      ]);
    },
  );

  test('knows only the caller’s instances', async () => {
    const unknown = (id: string) => [
      'InvalidInstanceID.NotFound',
      `The instance ID '${id}' does not exist`,
      400,
    ];
    expect(await refusal(create({ InstanceId: hexId('i', 9) }))).toEqual(unknown(hexId('i', 9)));
    expect(await refusal(create({}, {}, stranger))).toEqual(unknown(instanceId));
  });

  test.each<[string, object, object, [string, string]]>([
    [
      'no instance',
      { InstanceId: undefined },
      {},
      ['MissingParameter', 'The request must contain the parameter InstanceSpecification.InstanceId'],
    ],
    [
      'a malformed instance id',
      { InstanceId: 'i-x' },
      {},
      ['InvalidInstanceID.Malformed', 'Invalid id: "i-x"'],
    ],
    [
      'a malformed volume id',
      { ExcludeDataVolumeIds: ['x'] },
      {},
      ['InvalidVolumeID.Malformed', 'Invalid id: "x" (expecting "vol-...")'],
    ],
    [
      'the root among the data volumes',
      { ExcludeDataVolumeIds: [root] },
      {},
      [
        'InvalidParameterValue',
        `The volume '${root}' is the root volume of the instance '${instanceId}'. Use ExcludeBootVolume to exclude it.`,
      ],
    ],
    [
      'a volume of another instance',
      { ExcludeDataVolumeIds: [hexId('vol', 4)] },
      {},
      [
        'InvalidParameterValue',
        `The volume '${hexId('vol', 4)}' is not attached to the instance '${instanceId}'.`,
      ],
    ],
    [
      'nothing left',
      { ExcludeBootVolume: true, ExcludeDataVolumeIds: [data, other] },
      {},
      ['InvalidParameterValue', `The instance '${instanceId}' has no volume that is not excluded.`],
    ],
    [
      'tags from elsewhere',
      {},
      { CopyTagsFromSource: 'instance' },
      [
        'InvalidParameterValue',
        "Value (instance) for parameter CopyTagsFromSource is invalid. Use 'volume'.",
      ],
    ],
    [
      'a long description',
      {},
      { Description: 'x'.repeat(256) },
      ['InvalidParameterValue', 'Snapshot descriptions must be less than 256 characters long'],
    ],
    [
      'tags for something else',
      {},
      { TagSpecifications: [{ ResourceType: 'volume', Tags: [] }] },
      ['InvalidParameterValue', "'volume' is not a valid taggable resource type for this operation."],
    ],
    [
      'an outpost',
      {},
      { OutpostArn: 'arn:aws:outposts:x' },
      ['UnsupportedOperation', 'Snapshots are kept in the region: leave OutpostArn and Location out.'],
    ],
  ])('refuses %s, and takes nothing', async (_what, specification, input, [code, message]) => {
    expect(await refusal(create(specification, input))).toEqual([code, message, 400]);
    expect(await region.records.read.snapshots.list()).toEqual([]);
    expect(region.jobs).toEqual([]);
  });

  test('refuses more than 50 tags, those of the volume counted', async () => {
    await tag(data, Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, ''])));
    const input: Partial<CreateSnapshotsRequest> = {
      CopyTagsFromSource: 'volume',
      TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'one more', Value: '' }] }],
    };
    expect(await refusal(create({}, input))).toEqual([
      'TagLimitExceeded',
      'The maximum number of Tags for a resource has been reached.',
      400,
    ]);
    expect(await region.records.read.snapshots.list()).toEqual([]);
  });

  test('a dry run checks everything and takes nothing', async () => {
    expect((await refusal(create({}, { DryRun: true })))[0]).toBe('DryRunOperation');
    expect(await region.records.read.snapshots.list()).toEqual([]);
  });
});
