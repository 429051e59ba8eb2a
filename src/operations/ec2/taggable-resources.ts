import type { Viewer } from '../../domain/account.ts';
import { allocationNotFound } from '../../domain/elastic-address-errors.ts';
import { ApiError, fail } from '../../domain/errors.ts';
import { type IdPrefix, prefixOf } from '../../domain/ids.ts';
import { imageNotFound } from '../../domain/image-errors.ts';
import { reportNotFound } from '../../domain/image-usage-report.ts';
import { canSee } from '../../domain/image-visibility.ts';
import { importTaskNotFound } from '../../domain/import-task-errors.ts';
import type { Instance } from '../../domain/instance.ts';
import { instanceNotFound, keyPairNotFound } from '../../domain/instance-errors.ts';
import { templateIdNotFound } from '../../domain/launch-template.ts';
import { vpcOfNetworkAcl } from '../../domain/network-acl.ts';
import {
  groupNotFound,
  networkAclNotFound,
  subnetNotFound,
  vpcNotFound,
} from '../../domain/network-errors.ts';
import { interfaceNotFound } from '../../domain/network-interface-errors.ts';
import { replaceRootVolumeTaskNotFound } from '../../domain/replace-root-volume.ts';
import { gatewayNotFound, routeTableNotFound } from '../../domain/routing-errors.ts';
import { snapshotNotFound } from '../../domain/snapshot-errors.ts';
import { canSeeSnapshot } from '../../domain/snapshot-visibility.ts';
import { volumeNotFound } from '../../domain/volume-errors.ts';
import type { RegionReader } from '../../stores/records/database.ts';

/** A resource found by its id for tagging. */
export interface TaggableResource {
  id: string;
  /** The API's word for its kind, e.g. `security-group`. */
  type: string;
  /** Where its tags may be told to a guest. */
  instance?: Instance;
}

interface Kind {
  type: string;
  /** Whether the account may tag it. Images and snapshots: who sees them; else their owner. */
  find(records: RegionReader, id: string, viewer: Viewer): Promise<boolean>;
  notFound(id: string): ApiError;
}

const owned = (item: { ownerId: string } | undefined, accountId: string) => item?.ownerId === accountId;

const kinds: Partial<Readonly<Record<IdPrefix, Kind>>> = {
  ami: {
    type: 'image',
    async find(records, id, viewer) {
      const image = await records.images.get(id);
      if (image !== undefined && image.state !== 'deregistered') return canSee(image, viewer);
      return owned(await records.binnedImages.get(id), viewer.accountId);
    },
    notFound: id => imageNotFound([id]),
  },
  snap: {
    type: 'snapshot',
    async find(records, id, { accountId }) {
      const snapshot = await records.snapshots.get(id);
      if (snapshot) return canSeeSnapshot(snapshot, accountId);
      return owned(await records.binnedSnapshots.get(id), accountId);
    },
    notFound: snapshotNotFound,
  },
  vol: {
    type: 'volume',
    async find(records, id, { accountId }) {
      const volume = await records.volumes.get(id);
      return owned(volume, accountId) && volume?.state !== 'deleted';
    },
    notFound: volumeNotFound,
  },
  'import-snap': {
    type: 'import-snapshot-task',
    find: async (records, id, { accountId }) => owned(await records.importTasks.get(id), accountId),
    notFound: importTaskNotFound,
  },
  replacevol: {
    type: 'replace-root-volume-task',
    find: async (records, id, { accountId }) =>
      owned(await records.replaceRootVolumeTasks.get(id), accountId),
    notFound: replaceRootVolumeTaskNotFound,
  },
  i: {
    type: 'instance',
    find: async (records, id, { accountId }) => owned(await records.instances.get(id), accountId),
    notFound: id => instanceNotFound([id]),
  },
  key: {
    type: 'key-pair',
    find: async (records, id, { accountId }) => owned(await records.keyPairs.get(id), accountId),
    notFound: keyPairNotFound,
  },
  lt: {
    type: 'launch-template',
    find: async (records, id, { accountId }) => owned(await records.launchTemplates.get(id), accountId),
    notFound: templateIdNotFound,
  },
  amiur: {
    type: 'image-usage-report',
    find: async (records, id, { accountId }) => owned(await records.imageUsageReports.get(id), accountId),
    notFound: reportNotFound,
  },
  vpc: {
    type: 'vpc',
    find: async (records, id, { accountId }) => owned(await records.vpcs.get(id), accountId),
    notFound: vpcNotFound,
  },
  subnet: {
    type: 'subnet',
    find: async (records, id, { accountId }) => owned(await records.subnets.get(id), accountId),
    notFound: subnetNotFound,
  },
  igw: {
    type: 'internet-gateway',
    find: async (records, id, { accountId }) => owned(await records.internetGateways.get(id), accountId),
    notFound: gatewayNotFound,
  },
  rtb: {
    type: 'route-table',
    find: async (records, id, { accountId }) => owned(await records.routeTables.get(id), accountId),
    notFound: routeTableNotFound,
  },
  acl: {
    type: 'network-acl',
    find: async (records, id, { accountId }) => owned(await records.vpcs.get(vpcOfNetworkAcl(id)), accountId),
    notFound: networkAclNotFound,
  },
  sg: {
    type: 'security-group',
    find: async (records, id, { accountId }) => owned(await records.securityGroups.get(id), accountId),
    notFound: groupNotFound,
  },
  sgr: {
    type: 'security-group-rule',
    find: async (records, id, { accountId }) =>
      (await records.securityGroups.list({ ownerId: accountId })).some(group =>
        group.rules.some(rule => rule.securityGroupRuleId === id),
      ),
    notFound: id =>
      new ApiError(
        'InvalidSecurityGroupRuleId.NotFound',
        `The security group rule ID '${id}' does not exist`,
      ),
  },
  eni: {
    type: 'network-interface',
    find: async (records, id, { accountId }) => owned(await records.networkInterfaces.get(id), accountId),
    notFound: interfaceNotFound,
  },
  eipalloc: {
    type: 'elastic-ip',
    find: async (records, id, { accountId }) => owned(await records.elasticAddresses.get(id), accountId),
    notFound: allocationNotFound,
  },
};

/**
 * The resources of these ids, of whatever kinds.
 * @throws InvalidID for what is no id of a taggable kind, the kind's own NotFound for one the account cannot tag.
 */
export async function taggableResources(
  records: RegionReader,
  viewer: Viewer,
  ids: readonly string[],
): Promise<TaggableResource[]> {
  const resources: TaggableResource[] = [];
  for (const id of new Set(ids)) {
    const prefix = prefixOf(id);
    const kind = (prefix && hasIdForm(id) ? kinds[prefix] : undefined) ?? fail(invalidId(id));
    if (!(await kind.find(records, id, viewer))) throw kind.notFound(id);
    const instance = prefix === 'i' ? await records.instances.get(id) : undefined;
    resources.push({ id, type: kind.type, ...(instance && { instance }) });
  }
  return resources;
}

const hasIdForm = (id: string) => /-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id);
const invalidId = (id: string) => new ApiError('InvalidID', `The ID '${id}' is not valid`);
