/** Two VPCs of the same addresses side by side, and a subnet that gets its way out by a route, through the official SDK. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteRouteCommand,
  DeleteVpcCommand,
  DescribeRouteTablesCommand,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Amity, sshPort, startAmity, temporaryFolder } from '../support/amity.ts';
import { eventually } from '../support/eventually.ts';
import { describe, inGuest, launch, type Stage, setStage, untilState } from '../support/guests.ts';
import { endEverything } from '../support/leftovers.ts';

const cidr = '10.0.0.0/16';
const anywhere = '0.0.0.0/0';

/** A VPC with a guest that has a way out, and its neighbour in a subnet that has none. */
interface Network {
  vpcId: string;
  gatewayId: string;
  /** Of the subnet without a way out. */
  tableId: string;
  guest: string;
  neighbour: string;
}

let amity: Amity;
let stage: Stage;
let one: Network;
let two: Network;

beforeAll(async () => {
  amity = await startAmity(temporaryFolder('several-vpcs'), '--regions', 'us-east-1');
  stage = await setStage(amity);
  // Their neighbours' addresses differ, so that each VPC has one that the other has not.
  one = await network('neighbour of one', '10.0.2.11');
  two = await network('neighbour of two', '10.0.2.12');
});

afterAll(async () => {
  await amity?.stop();
  await endEverything(amity.data);
  rmSync(amity.data, { recursive: true, force: true });
});

async function network(says: string, neighbourAddress: string): Promise<Network> {
  const { ec2 } = stage;
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: cidr }));
  const VpcId = Vpc!.VpcId!;
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  const made = await ec2.send(new CreateInternetGatewayCommand({}));
  const InternetGatewayId = made.InternetGateway!.InternetGatewayId!;
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  const ofVpc = [{ Name: 'vpc-id', Values: [VpcId] }];
  const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ Filters: ofVpc }));
  const main = RouteTables![0]!.RouteTableId!;
  const out = { DestinationCidrBlock: anywhere, GatewayId: InternetGatewayId };
  await ec2.send(new CreateRouteCommand({ RouteTableId: main, ...out }));
  const subnet = async (CidrBlock: string) => {
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock }));
    const MapPublicIpOnLaunch = { Value: true };
    await ec2.send(new ModifySubnetAttributeCommand({ SubnetId: Subnet!.SubnetId, MapPublicIpOnLaunch }));
    return Subnet!.SubnetId!;
  };
  const outer = await subnet('10.0.1.0/24');
  const inner = await subnet('10.0.2.0/24');
  const closed = await ec2.send(new CreateRouteTableCommand({ VpcId }));
  const tableId = closed.RouteTable!.RouteTableId!;
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId: tableId, SubnetId: inner }));
  const SecurityGroupIds = [await group(VpcId)];
  const script = `#!/bin/sh\nnc -ll -p 7777 -e echo ${says} &`;
  const UserData = Buffer.from(script).toString('base64');
  const [guest] = await launch(stage, { SubnetId: outer, SecurityGroupIds });
  const [neighbour] = await launch(stage, {
    ...{ SubnetId: inner, SecurityGroupIds, UserData },
    PrivateIpAddress: neighbourAddress,
  });
  return { vpcId: VpcId, gatewayId: InternetGatewayId, tableId, guest: guest!, neighbour: neighbour! };
}

/** Lets SSH in from anywhere, and everything from the VPC. */
async function group(VpcId: string): Promise<string> {
  const { ec2 } = stage;
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'inside', Description: 'for a test', VpcId }),
  );
  const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: anywhere }] };
  const inside = { IpProtocol: '-1', IpRanges: [{ CidrIp: cidr }] };
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [ssh, inside] }));
  return GroupId!;
}

/** What a guest hears from port 7777 of an address; nothing where nobody answers. */
const heard = (from: Network, address: string) =>
  inGuest(stage, from.guest, `nc -w 5 ${address} 7777 < /dev/null || true`);
/** The address a guest's resolver has for a name. */
const resolved = (from: Network, name: string) =>
  inGuest(stage, from.guest, `nslookup -type=a ${name} | tail -n +3 | sed -n 's/^Address.*: *//p' || true`);

async function isReachable(instanceId: string): Promise<boolean> {
  const { PublicIpAddress: host } = await describe(stage.ec2, instanceId);
  const socket = connect({ host: host!, port: await sshPort(host!) });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

test('guests of two VPCs have the same addresses, and hear their own neighbours by name and nobody else', async () => {
  const addresses = await Promise.all(
    [one, two].map(async ({ guest }) => (await describe(stage.ec2, guest)).PrivateIpAddress),
  );
  expect(addresses).toEqual(['10.0.1.4', '10.0.1.4']);
  const expected = [
    { from: one, own: '10.0.2.11', other: '10.0.2.12', says: 'neighbour of one' },
    { from: two, own: '10.0.2.12', other: '10.0.2.11', says: 'neighbour of two' },
  ];
  for (const { from, own, other, says } of expected) {
    const name = (address: string) => `ip-${address.replaceAll('.', '-')}.ec2.internal`;
    expect(await resolved(from, name(own))).toBe(own);
    expect(await resolved(from, name(other))).toBe('');
    expect(await eventually(says, async () => (await heard(from, own)) || undefined)).toBe(says);
    expect(await heard(from, other)).toBe('');
  }
});

test('a subnet gets its way to the internet with the route to a gateway, and loses it with the route', async () => {
  // It answers inside: what keeps us from it is the missing route.
  expect(await heard(one, '10.0.2.11')).toBe('neighbour of one');
  expect(await isReachable(one.neighbour)).toBe(false);
  const route = { RouteTableId: one.tableId, DestinationCidrBlock: anywhere };
  await stage.ec2.send(new CreateRouteCommand({ ...route, GatewayId: one.gatewayId }));
  expect(await inGuest(stage, one.neighbour, 'hostname')).toBe('ip-10-0-2-11');
  expect(await isReachable(two.neighbour)).toBe(false);
  await stage.ec2.send(new DeleteRouteCommand(route));
  await eventually('no way in', async () => !(await isReachable(one.neighbour)));
  expect(await heard(one, '10.0.2.11')).toBe('neighbour of one');
});

test('names of guests are resolved while the VPC has DNS hostnames', async () => {
  const name = 'ip-10-0-2-12.ec2.internal';
  const hostnames = (Value: boolean) =>
    stage.ec2.send(new ModifyVpcAttributeCommand({ VpcId: two.vpcId, EnableDnsHostnames: { Value } }));
  await hostnames(false);
  await eventually('no names', async () => (await resolved(two, name)) === '');
  await hostnames(true);
  await eventually('names', async () => (await resolved(two, name)) === '10.0.2.12');
});

test('a VPC with guests is not deleted', async () => {
  const refused = stage.ec2.send(new DeleteVpcCommand({ VpcId: one.vpcId }));
  await expect(refused).rejects.toMatchObject({ name: 'DependencyViolation' });
  const InstanceIds = [one, two].flatMap(({ guest, neighbour }) => [guest, neighbour]);
  await stage.ec2.send(new TerminateInstancesCommand({ InstanceIds }));
  for (const id of InstanceIds) await untilState(stage.ec2, id, 'terminated');
});
