import type { Operation } from '../operation.ts';
import { allocateAddress } from './allocate-address.ts';
import { assignPrivateIpAddresses } from './assign-private-ip-addresses.ts';
import { associateAddress } from './associate-address.ts';
import { associateRouteTable } from './associate-route-table.ts';
import { attachInternetGateway } from './attach-internet-gateway.ts';
import { attachNetworkInterface } from './attach-network-interface.ts';
import { attachVolume } from './attach-volume.ts';
import { authorizeSecurityGroupEgress } from './authorize-security-group-egress.ts';
import { authorizeSecurityGroupIngress } from './authorize-security-group-ingress.ts';
import { cancelImageLaunchPermission } from './cancel-image-launch-permission.ts';
import { cancelImportTask } from './cancel-import-task.ts';
import { copyImage } from './copy-image.ts';
import { copySnapshot } from './copy-snapshot.ts';
import { createDefaultSubnet } from './create-default-subnet.ts';
import { createDefaultVpc } from './create-default-vpc.ts';
import { createImage } from './create-image.ts';
import { createImageUsageReport } from './create-image-usage-report.ts';
import { createInternetGateway } from './create-internet-gateway.ts';
import { createKeyPair } from './create-key-pair.ts';
import { createLaunchTemplate } from './create-launch-template.ts';
import { createLaunchTemplateVersion } from './create-launch-template-version.ts';
import { createNetworkInterface } from './create-network-interface.ts';
import { createReplaceRootVolumeTask } from './create-replace-root-volume-task.ts';
import { createRoute } from './create-route.ts';
import { createRouteTable } from './create-route-table.ts';
import { createSecurityGroup } from './create-security-group.ts';
import { createSnapshot } from './create-snapshot.ts';
import { createSnapshots } from './create-snapshots.ts';
import { createSubnet } from './create-subnet.ts';
import { createTags } from './create-tags.ts';
import { createVolume } from './create-volume.ts';
import { createVpc } from './create-vpc.ts';
import { deleteImageUsageReport } from './delete-image-usage-report.ts';
import { deleteInternetGateway } from './delete-internet-gateway.ts';
import { deleteKeyPair } from './delete-key-pair.ts';
import { deleteLaunchTemplate } from './delete-launch-template.ts';
import { deleteLaunchTemplateVersions } from './delete-launch-template-versions.ts';
import { deleteNetworkInterface } from './delete-network-interface.ts';
import { deleteRoute } from './delete-route.ts';
import { deleteRouteTable } from './delete-route-table.ts';
import { deleteSecurityGroup } from './delete-security-group.ts';
import { deleteSnapshot } from './delete-snapshot.ts';
import { deleteSubnet } from './delete-subnet.ts';
import { deleteTags } from './delete-tags.ts';
import { deleteVolume } from './delete-volume.ts';
import { deleteVpc } from './delete-vpc.ts';
import { deregisterImage } from './deregister-image.ts';
import { describeAccountAttributes } from './describe-account-attributes.ts';
import { describeAddresses } from './describe-addresses.ts';
import { describeAddressesAttribute } from './describe-addresses-attribute.ts';
import { describeAvailabilityZones } from './describe-availability-zones.ts';
import { describeFastSnapshotRestores } from './describe-fast-snapshot-restores.ts';
import { describeImageAttribute } from './describe-image-attribute.ts';
import { describeImageReferences } from './describe-image-references.ts';
import { describeImageUsageReportEntries } from './describe-image-usage-report-entries.ts';
import { describeImageUsageReports } from './describe-image-usage-reports.ts';
import { describeImages } from './describe-images.ts';
import { describeImportSnapshotTasks } from './describe-import-snapshot-tasks.ts';
import { describeInstanceAttribute } from './describe-instance-attribute.ts';
import { describeInstanceCreditSpecifications } from './describe-instance-credit-specifications.ts';
import { describeInstanceImageMetadata } from './describe-instance-image-metadata.ts';
import { describeInstanceStatus } from './describe-instance-status.ts';
import { describeInstanceTypeOfferings } from './describe-instance-type-offerings.ts';
import { describeInstanceTypes } from './describe-instance-types.ts';
import { describeInstances } from './describe-instances.ts';
import { describeInternetGateways } from './describe-internet-gateways.ts';
import { describeKeyPairs } from './describe-key-pairs.ts';
import { describeLaunchTemplateVersions } from './describe-launch-template-versions.ts';
import { describeLaunchTemplates } from './describe-launch-templates.ts';
import { describeLockedSnapshots } from './describe-locked-snapshots.ts';
import { describeNetworkAcls } from './describe-network-acls.ts';
import { describeNetworkInterfaceAttribute } from './describe-network-interface-attribute.ts';
import { describeNetworkInterfaces } from './describe-network-interfaces.ts';
import { describeRegions } from './describe-regions.ts';
import { describeReplaceRootVolumeTasks } from './describe-replace-root-volume-tasks.ts';
import { describeRouteTables } from './describe-route-tables.ts';
import { describeSecurityGroupReferences } from './describe-security-group-references.ts';
import { describeSecurityGroupRules } from './describe-security-group-rules.ts';
import { describeSecurityGroups } from './describe-security-groups.ts';
import { describeSnapshotAttribute } from './describe-snapshot-attribute.ts';
import { describeSnapshotTierStatus } from './describe-snapshot-tier-status.ts';
import { describeSnapshots } from './describe-snapshots.ts';
import { describeSubnets } from './describe-subnets.ts';
import { describeTags } from './describe-tags.ts';
import { describeVolumeAttribute } from './describe-volume-attribute.ts';
import { describeVolumeStatus } from './describe-volume-status.ts';
import { describeVolumes } from './describe-volumes.ts';
import { describeVolumesModifications } from './describe-volumes-modifications.ts';
import { describeVpcAttribute } from './describe-vpc-attribute.ts';
import { describeVpcs } from './describe-vpcs.ts';
import { detachInternetGateway } from './detach-internet-gateway.ts';
import { detachNetworkInterface } from './detach-network-interface.ts';
import { detachVolume } from './detach-volume.ts';
import { disableAllowedImagesSettings } from './disable-allowed-images-settings.ts';
import { disableEbsEncryptionByDefault } from './disable-ebs-encryption-by-default.ts';
import { disableFastSnapshotRestores } from './disable-fast-snapshot-restores.ts';
import { disableImage } from './disable-image.ts';
import { disableImageBlockPublicAccess } from './disable-image-block-public-access.ts';
import { disableImageDeprecation } from './disable-image-deprecation.ts';
import { disableImageDeregistrationProtection } from './disable-image-deregistration-protection.ts';
import { disableSerialConsoleAccess } from './disable-serial-console-access.ts';
import { disableSnapshotBlockPublicAccess } from './disable-snapshot-block-public-access.ts';
import { disassociateAddress } from './disassociate-address.ts';
import { disassociateRouteTable } from './disassociate-route-table.ts';
import { enableAllowedImagesSettings } from './enable-allowed-images-settings.ts';
import { enableEbsEncryptionByDefault } from './enable-ebs-encryption-by-default.ts';
import { enableFastSnapshotRestores } from './enable-fast-snapshot-restores.ts';
import { enableImage } from './enable-image.ts';
import { enableImageBlockPublicAccess } from './enable-image-block-public-access.ts';
import { enableImageDeprecation } from './enable-image-deprecation.ts';
import { enableImageDeregistrationProtection } from './enable-image-deregistration-protection.ts';
import { enableSerialConsoleAccess } from './enable-serial-console-access.ts';
import { enableSnapshotBlockPublicAccess } from './enable-snapshot-block-public-access.ts';
import { enableVolumeIO } from './enable-volume-io.ts';
import { getAllowedImagesSettings } from './get-allowed-images-settings.ts';
import { getConsoleOutput } from './get-console-output.ts';
import { getConsoleScreenshot } from './get-console-screenshot.ts';
import { getEbsDefaultKmsKeyId } from './get-ebs-default-kms-key-id.ts';
import { getEbsEncryptionByDefault } from './get-ebs-encryption-by-default.ts';
import { getImageAncestry } from './get-image-ancestry.ts';
import { getImageBlockPublicAccessState } from './get-image-block-public-access-state.ts';
import { getInstanceMetadataDefaults } from './get-instance-metadata-defaults.ts';
import { getPasswordData } from './get-password-data.ts';
import { getSecurityGroupsForVpc } from './get-security-groups-for-vpc.ts';
import { getSerialConsoleAccessStatus } from './get-serial-console-access-status.ts';
import { getSnapshotBlockPublicAccessState } from './get-snapshot-block-public-access-state.ts';
import { importKeyPair } from './import-key-pair.ts';
import { importSnapshot } from './import-snapshot.ts';
import { listImagesInRecycleBin } from './list-images-in-recycle-bin.ts';
import { listSnapshotsInRecycleBin } from './list-snapshots-in-recycle-bin.ts';
import { lockSnapshot } from './lock-snapshot.ts';
import { modifyEbsDefaultKmsKeyId } from './modify-ebs-default-kms-key-id.ts';
import { modifyImageAttribute } from './modify-image-attribute.ts';
import { modifyInstanceAttribute } from './modify-instance-attribute.ts';
import { modifyInstanceCpuOptions } from './modify-instance-cpu-options.ts';
import { modifyInstanceCreditSpecification } from './modify-instance-credit-specification.ts';
import { modifyInstanceMetadataDefaults } from './modify-instance-metadata-defaults.ts';
import { modifyInstanceMetadataOptions } from './modify-instance-metadata-options.ts';
import { modifyLaunchTemplate } from './modify-launch-template.ts';
import { modifyNetworkInterfaceAttribute } from './modify-network-interface-attribute.ts';
import { modifySecurityGroupRules } from './modify-security-group-rules.ts';
import { modifySnapshotAttribute } from './modify-snapshot-attribute.ts';
import { modifySnapshotTier } from './modify-snapshot-tier.ts';
import { modifySubnetAttribute } from './modify-subnet-attribute.ts';
import { modifyVolume } from './modify-volume.ts';
import { modifyVolumeAttribute } from './modify-volume-attribute.ts';
import { modifyVpcAttribute } from './modify-vpc-attribute.ts';
import { rebootInstances } from './reboot-instances.ts';
import { registerImage } from './register-image.ts';
import { releaseAddress } from './release-address.ts';
import { replaceImageCriteriaInAllowedImagesSettings } from './replace-image-criteria-in-allowed-images-settings.ts';
import { replaceRoute } from './replace-route.ts';
import { replaceRouteTableAssociation } from './replace-route-table-association.ts';
import { reportInstanceStatus } from './report-instance-status.ts';
import { resetEbsDefaultKmsKeyId } from './reset-ebs-default-kms-key-id.ts';
import { resetImageAttribute } from './reset-image-attribute.ts';
import { resetInstanceAttribute } from './reset-instance-attribute.ts';
import { resetNetworkInterfaceAttribute } from './reset-network-interface-attribute.ts';
import { resetSnapshotAttribute } from './reset-snapshot-attribute.ts';
import { restoreImageFromRecycleBin } from './restore-image-from-recycle-bin.ts';
import { restoreSnapshotFromRecycleBin } from './restore-snapshot-from-recycle-bin.ts';
import { restoreSnapshotTier } from './restore-snapshot-tier.ts';
import { revokeSecurityGroupEgress } from './revoke-security-group-egress.ts';
import { revokeSecurityGroupIngress } from './revoke-security-group-ingress.ts';
import { runInstances } from './run-instances.ts';
import { sendDiagnosticInterrupt } from './send-diagnostic-interrupt.ts';
import { startInstances } from './start-instances.ts';
import { stopInstances } from './stop-instances.ts';
import { terminateInstances } from './terminate-instances.ts';
import { unassignPrivateIpAddresses } from './unassign-private-ip-addresses.ts';
import { unlockSnapshot } from './unlock-snapshot.ts';
import { unmonitorInstances } from './unmonitor-instances.ts';
import { updateSecurityGroupRuleDescriptionsEgress } from './update-security-group-rule-descriptions-egress.ts';
import { updateSecurityGroupRuleDescriptionsIngress } from './update-security-group-rule-descriptions-ingress.ts';

/** Every action of the service `ec2`. */
export const operations: Operation[] = [
  // Images
  cancelImageLaunchPermission,
  copyImage,
  createImage,
  createImageUsageReport,
  deleteImageUsageReport,
  deregisterImage,
  describeImageAttribute,
  describeImageReferences,
  describeImageUsageReportEntries,
  describeImageUsageReports,
  describeImages,
  describeInstanceImageMetadata,
  disableAllowedImagesSettings,
  disableImage,
  disableImageBlockPublicAccess,
  disableImageDeprecation,
  disableImageDeregistrationProtection,
  enableAllowedImagesSettings,
  enableImage,
  enableImageBlockPublicAccess,
  enableImageDeprecation,
  enableImageDeregistrationProtection,
  getAllowedImagesSettings,
  getImageAncestry,
  getImageBlockPublicAccessState,
  listImagesInRecycleBin,
  modifyImageAttribute,
  registerImage,
  replaceImageCriteriaInAllowedImagesSettings,
  resetImageAttribute,
  restoreImageFromRecycleBin,
  // Launch templates
  createLaunchTemplate,
  createLaunchTemplateVersion,
  deleteLaunchTemplate,
  deleteLaunchTemplateVersions,
  describeLaunchTemplateVersions,
  describeLaunchTemplates,
  modifyLaunchTemplate,
  // Snapshots
  cancelImportTask,
  copySnapshot,
  createSnapshot,
  createSnapshots,
  deleteSnapshot,
  describeFastSnapshotRestores,
  describeImportSnapshotTasks,
  describeLockedSnapshots,
  describeSnapshotAttribute,
  describeSnapshotTierStatus,
  describeSnapshots,
  disableFastSnapshotRestores,
  disableSnapshotBlockPublicAccess,
  enableFastSnapshotRestores,
  enableSnapshotBlockPublicAccess,
  getSnapshotBlockPublicAccessState,
  importSnapshot,
  listSnapshotsInRecycleBin,
  lockSnapshot,
  modifySnapshotAttribute,
  modifySnapshotTier,
  resetSnapshotAttribute,
  restoreSnapshotFromRecycleBin,
  restoreSnapshotTier,
  unlockSnapshot,
  // Volumes
  attachVolume,
  createVolume,
  deleteVolume,
  describeVolumeAttribute,
  describeVolumeStatus,
  describeVolumes,
  describeVolumesModifications,
  detachVolume,
  enableVolumeIO,
  modifyVolume,
  modifyVolumeAttribute,
  // Encryption of volumes
  disableEbsEncryptionByDefault,
  enableEbsEncryptionByDefault,
  getEbsDefaultKmsKeyId,
  getEbsEncryptionByDefault,
  modifyEbsDefaultKmsKeyId,
  resetEbsDefaultKmsKeyId,
  // Tags
  createTags,
  deleteTags,
  describeTags,
  // Instances
  modifyInstanceCreditSpecification,
  describeInstanceCreditSpecifications,
  getPasswordData,
  getConsoleScreenshot,
  getInstanceMetadataDefaults,
  modifyInstanceMetadataDefaults,
  modifyInstanceMetadataOptions,
  describeInstanceAttribute,
  modifyInstanceAttribute,
  resetInstanceAttribute,
  describeInstanceStatus,
  describeInstances,
  getConsoleOutput,
  rebootInstances,
  runInstances,
  startInstances,
  stopInstances,
  terminateInstances,
  createReplaceRootVolumeTask,
  describeReplaceRootVolumeTasks,
  disableSerialConsoleAccess,
  enableSerialConsoleAccess,
  getSerialConsoleAccessStatus,
  modifyInstanceCpuOptions,
  reportInstanceStatus,
  sendDiagnosticInterrupt,
  unmonitorInstances,
  // Key pairs
  createKeyPair,
  deleteKeyPair,
  describeKeyPairs,
  importKeyPair,
  // Networks
  associateRouteTable,
  attachInternetGateway,
  createDefaultSubnet,
  createDefaultVpc,
  createInternetGateway,
  createRoute,
  createRouteTable,
  createSubnet,
  createVpc,
  deleteInternetGateway,
  deleteRoute,
  deleteRouteTable,
  deleteSubnet,
  deleteVpc,
  describeInternetGateways,
  describeNetworkAcls,
  describeRouteTables,
  describeSubnets,
  describeVpcAttribute,
  describeVpcs,
  detachInternetGateway,
  disassociateRouteTable,
  modifySubnetAttribute,
  modifyVpcAttribute,
  replaceRoute,
  replaceRouteTableAssociation,
  // Security groups
  authorizeSecurityGroupEgress,
  authorizeSecurityGroupIngress,
  createSecurityGroup,
  deleteSecurityGroup,
  describeSecurityGroupReferences,
  describeSecurityGroupRules,
  describeSecurityGroups,
  getSecurityGroupsForVpc,
  modifySecurityGroupRules,
  revokeSecurityGroupEgress,
  revokeSecurityGroupIngress,
  updateSecurityGroupRuleDescriptionsEgress,
  updateSecurityGroupRuleDescriptionsIngress,
  // Network interfaces
  assignPrivateIpAddresses,
  attachNetworkInterface,
  createNetworkInterface,
  deleteNetworkInterface,
  describeNetworkInterfaceAttribute,
  describeNetworkInterfaces,
  detachNetworkInterface,
  modifyNetworkInterfaceAttribute,
  resetNetworkInterfaceAttribute,
  unassignPrivateIpAddresses,
  // Elastic IP addresses
  allocateAddress,
  associateAddress,
  describeAddresses,
  describeAddressesAttribute,
  disassociateAddress,
  releaseAddress,
  // The region
  describeInstanceTypeOfferings,
  describeAccountAttributes,
  describeAvailabilityZones,
  describeInstanceTypes,
  describeRegions,
];
