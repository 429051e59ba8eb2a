/** What to do instead of actions around images, snapshots, volumes and networks that are not served: ends their refusal. */

const watermarks = 'Images here carry no watermarks: mark them with CreateTags.';
const bundles = 'Images here are of EBS volumes: make them of an instance with CreateImage.';
const toS3 =
  'Images are not stored in S3: read their snapshots through the EBS direct API, or with `bin/amity snapshot export`, and bring them back with ImportSnapshot and RegisterImage.';
const toFiles =
  'Read snapshots through the EBS direct API, or make disk files of them with `bin/amity snapshot export`.';
const fromFiles = 'Import a disk with ImportSnapshot, and make an image of its snapshot with RegisterImage.';
const conversions =
  'Import a disk with ImportSnapshot, and make a volume of its snapshot with CreateVolume, or an image with RegisterImage.';
const fastLaunch =
  'There are no pre-provisioned Windows snapshots: EnableFastSnapshotRestores has the snapshots of an image at hand.';
const fpga = 'There are no FPGAs here.';
const binnedVolumes =
  'Volumes do not go into the Recycle Bin: keep a snapshot of one with CreateSnapshot before it is deleted.';

const networkAcls =
  'The network ACL of a VPC lets everything through: say in security groups what may pass, with AuthorizeSecurityGroupIngress and AuthorizeSecurityGroupEgress.';
const natGateways =
  'Guests without a public address get out through an internet gateway too: give their subnet a route to one with CreateRoute.';
const oneCidr = 'A VPC has one CIDR block: make another VPC with CreateVpc.';
const ipv4Only = 'Networks here have IPv4 addresses only.';

export const insteadOf: Readonly<Record<string, string>> = {
  AttachImageWatermark: watermarks,
  DetachImageWatermark: watermarks,
  BundleInstance: bundles,
  CancelBundleTask: bundles,
  DescribeBundleTasks: bundles,
  ConfirmProductInstance: 'The product codes of an instance are in the answer of DescribeInstances.',
  CreateStoreImageTask: toS3,
  DescribeStoreImageTasks: toS3,
  CreateRestoreImageTask: toS3,
  ExportImage: toFiles,
  DescribeExportImageTasks: toFiles,
  CreateInstanceExportTask: toFiles,
  DescribeExportTasks: toFiles,
  CancelExportTask: toFiles,
  ImportImage: fromFiles,
  DescribeImportImageTasks: `${fromFiles} Its task is told by DescribeImportSnapshotTasks.`,
  ImportInstance: conversions,
  ImportVolume: conversions,
  DescribeConversionTasks: conversions,
  CancelConversionTask: conversions,
  EnableFastLaunch: fastLaunch,
  DisableFastLaunch: fastLaunch,
  DescribeFastLaunchImages: fastLaunch,
  GetImageFindings:
    'Images are not scanned here: read their snapshots through the EBS direct API with a scanner of your own.',
  ReplaceImageInstanceTypeSpecification:
    'Images say nothing of instance types here: name the InstanceType in RunInstances, or in a launch template.',
  CreateFpgaImage: fpga,
  CopyFpgaImage: fpga,
  DeleteFpgaImage: fpga,
  DescribeFpgaImages: fpga,
  DescribeFpgaImageAttribute: fpga,
  ModifyFpgaImageAttribute: fpga,
  ResetFpgaImageAttribute: fpga,
  CopyVolumes: 'Copy a volume with CreateSnapshot and CreateVolume.',
  ListVolumesInRecycleBin: binnedVolumes,
  RestoreVolumeFromRecycleBin: binnedVolumes,
  MonitorInstances:
    'There is no monitoring here that could measure more often: DescribeInstanceStatus tells the health of instances.',
  CreateNetworkAcl: networkAcls,
  DeleteNetworkAcl: networkAcls,
  CreateNetworkAclEntry: networkAcls,
  DeleteNetworkAclEntry: networkAcls,
  ReplaceNetworkAclAssociation: networkAcls,
  ReplaceNetworkAclEntry: networkAcls,
  CreateNatGateway: natGateways,
  DeleteNatGateway: natGateways,
  DescribeNatGateways: natGateways,
  AssociateVpcCidrBlock: oneCidr,
  DisassociateVpcCidrBlock: oneCidr,
  AssignIpv6Addresses: ipv4Only,
  UnassignIpv6Addresses: ipv4Only,
  AssociateSubnetCidrBlock: ipv4Only,
  DisassociateSubnetCidrBlock: ipv4Only,
  CreateEgressOnlyInternetGateway: ipv4Only,
  DeleteEgressOnlyInternetGateway: ipv4Only,
  DescribeEgressOnlyInternetGateways: ipv4Only,
  CreateDelegateMacVolumeOwnershipTask: 'There are no Mac instances here.',
};
