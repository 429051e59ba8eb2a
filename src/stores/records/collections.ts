import { fastRestoreId } from '../../domain/fast-snapshot-restore.ts';
import { imageIndexKeys, imagePlace } from '../../domain/image-index.ts';
import { aliasId } from '../../domain/kms-alias.ts';
import { launchTemplateVersionId } from '../../domain/launch-template.ts';
import { parameterId } from '../../domain/parameter.ts';
import { isMain } from '../../domain/routing.ts';
import { snapshotIndexKeys, snapshotPlace } from '../../domain/snapshot-index.ts';
import { tagIndexKeys } from '../../domain/tag.ts';
import type { AccountTables, RegionTables } from './database.ts';

/** How a collection is stored: what identifies an item, what can be looked up, what must be unique. */
export interface CollectionSpec<Item> {
  id(item: Item): string;
  /** Fields `list` can select by; an undefined value is found by no selection. */
  indexes: Readonly<Record<string, (item: Item) => string | undefined>>;
  /** A key two items may not share; undefined claims none. */
  unique?: (item: Item) => string | undefined;
  /** Several keys an item is found under, in an order of their own: see `ReadCollection.under`. */
  keyed?: {
    keys(item: Item): readonly string[];
    /** No two items have the same. */
    place(item: Item): string;
  };
}

export type CollectionSpecs<Tables> = { readonly [Name in keyof Tables]: CollectionSpec<Tables[Name]> };

/** An image holds its name until it is deregistered or has failed (spec C.2). */
const holdsName = new Set(['pending', 'available', 'disabled']);

export const regionCollections: CollectionSpecs<RegionTables> = {
  images: {
    id: image => image.imageId,
    indexes: {
      ownerId: image => image.ownerId,
      name: image => image.name,
      state: image => image.state,
      sourceInstanceId: image => image.sourceInstanceId,
    },
    unique: image => (holdsName.has(image.state) ? `${image.ownerId}/${image.name}` : undefined),
    keyed: { keys: imageIndexKeys, place: imagePlace },
  },
  snapshots: {
    id: snapshot => snapshot.snapshotId,
    indexes: {
      ownerId: snapshot => snapshot.ownerId,
      state: snapshot => snapshot.state,
      volumeId: snapshot => snapshot.volumeId,
    },
    keyed: { keys: snapshotIndexKeys, place: snapshotPlace },
  },
  importTasks: {
    id: task => task.importTaskId,
    indexes: { ownerId: task => task.ownerId, state: task => task.state },
  },
  volumes: {
    id: volume => volume.volumeId,
    indexes: {
      ownerId: volume => volume.ownerId,
      state: volume => volume.state,
      snapshotId: volume => volume.snapshotId,
      instanceId: volume => volume.attachment?.instanceId,
    },
  },
  instances: {
    id: instance => instance.instanceId,
    indexes: {
      ownerId: instance => instance.ownerId,
      state: instance => instance.state,
      reservationId: instance => instance.reservationId,
      vpcId: instance => instance.vpcId,
      imageId: instance => instance.imageId,
    },
  },
  keyPairs: {
    id: key => key.keyPairId,
    indexes: { ownerId: key => key.ownerId, keyName: key => key.keyName },
    unique: key => `${key.ownerId}/${key.keyName}`,
  },
  vpcs: { id: vpc => vpc.vpcId, indexes: { ownerId: vpc => vpc.ownerId } },
  subnets: {
    id: subnet => subnet.subnetId,
    indexes: { ownerId: subnet => subnet.ownerId, vpcId: subnet => subnet.vpcId },
  },
  internetGateways: {
    id: gateway => gateway.internetGatewayId,
    indexes: { ownerId: gateway => gateway.ownerId, vpcId: gateway => gateway.vpcId },
    unique: gateway => gateway.vpcId,
  },
  routeTables: {
    id: table => table.routeTableId,
    indexes: { ownerId: table => table.ownerId, vpcId: table => table.vpcId },
    unique: table => (isMain(table) ? table.vpcId : undefined),
  },
  securityGroups: {
    id: group => group.groupId,
    indexes: {
      ownerId: group => group.ownerId,
      vpcId: group => group.vpcId,
      groupName: group => group.groupName,
    },
    unique: group => `${group.vpcId}/${group.groupName}`,
  },
  networkInterfaces: {
    id: one => one.networkInterfaceId,
    indexes: {
      ownerId: one => one.ownerId,
      vpcId: one => one.vpcId,
      subnetId: one => one.subnetId,
      instanceId: one => one.attachment?.instanceId,
      attachmentId: one => one.attachment?.attachmentId,
      attachmentStatus: one => one.attachment?.status,
    },
  },
  elasticAddresses: {
    id: address => address.allocationId,
    indexes: { ownerId: address => address.ownerId },
    unique: address => address.publicIp,
  },
  tags: {
    id: tags => `${tags.resourceId}/${tags.accountId}`,
    indexes: {
      resourceId: tags => tags.resourceId,
      accountId: tags => tags.accountId,
      resourceType: tags => tags.resourceType,
    },
    keyed: { keys: tagIndexKeys, place: tags => `${tags.resourceId}/${tags.accountId}` },
  },
  launchTemplates: {
    id: template => template.launchTemplateId,
    indexes: { ownerId: template => template.ownerId, name: template => template.name },
    unique: template => `${template.ownerId}/${template.name}`,
  },
  launchTemplateVersions: {
    id: launchTemplateVersionId,
    indexes: {
      launchTemplateId: version => version.launchTemplateId,
      ownerId: version => version.ownerId,
      imageId: version => version.data.ImageId,
    },
  },
  imageUsageReports: {
    id: report => report.reportId,
    indexes: { ownerId: report => report.ownerId, imageId: report => report.imageId },
  },
  parameters: { id: parameterId, indexes: { ownerId: parameter => parameter.ownerId } },
  clientTokens: { id: token => token.id, indexes: { resourceId: token => token.resourceId } },
  accountSettings: { id: settings => settings.accountId, indexes: {} },
  kmsKeys: { id: key => key.keyId, indexes: { ownerId: key => key.ownerId, state: key => key.state } },
  kmsAliases: {
    id: alias => aliasId(alias.ownerId, alias.aliasName),
    indexes: { ownerId: alias => alias.ownerId, keyId: alias => alias.keyId },
  },
  ebsEncryption: { id: settings => settings.accountId, indexes: {} },
  retentionRules: {
    id: rule => rule.identifier,
    indexes: { ownerId: rule => rule.ownerId, resourceType: rule => rule.resourceType },
  },
  binnedSnapshots: { id: bin => bin.snapshot.snapshotId, indexes: { ownerId: bin => bin.ownerId } },
  fastSnapshotRestores: {
    id: fastRestoreId,
    indexes: {
      ownerId: restore => restore.ownerId,
      snapshotId: restore => restore.snapshotId,
      state: restore => restore.state,
    },
  },
  replaceRootVolumeTasks: {
    id: task => task.replaceRootVolumeTaskId,
    indexes: {
      ownerId: task => task.ownerId,
      instanceId: task => task.instanceId,
      state: task => task.state,
    },
  },
  binnedImages: { id: bin => bin.image.imageId, indexes: { ownerId: bin => bin.ownerId } },
  jobs: {
    id: job => job.jobId,
    indexes: { state: job => job.state, kind: job => job.kind, subject: job => job.subject },
  },
};

export const accountCollections: CollectionSpecs<AccountTables> = {
  accounts: { id: account => account.accountId, indexes: { alias: account => account.alias } },
  accessKeys: { id: key => key.accessKeyId, indexes: { accountId: key => key.accountId } },
};
