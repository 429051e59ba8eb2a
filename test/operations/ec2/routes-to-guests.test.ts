import type {
  CreateRouteTableResult,
  CreateVpcResult,
  NetworkInterface,
  Route,
  RouteTable,
} from '@aws-sdk/client-ec2';
import { beforeEach, expect, test } from 'vitest';
import { attachNetworkInterface } from '../../../src/operations/ec2/attach-network-interface.ts';
import { createNetworkInterface } from '../../../src/operations/ec2/create-network-interface.ts';
import { createRoute } from '../../../src/operations/ec2/create-route.ts';
import { createRouteTable } from '../../../src/operations/ec2/create-route-table.ts';
import { createVpc } from '../../../src/operations/ec2/create-vpc.ts';
import { deleteNetworkInterface } from '../../../src/operations/ec2/delete-network-interface.ts';
import { deleteRoute } from '../../../src/operations/ec2/delete-route.ts';
import { replaceRoute } from '../../../src/operations/ec2/replace-route.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';
import { change, instanceIn, putImage, refusal } from './launch-fixtures.ts';
import { filter, newGateway, newRouteTable, newSubnet, newVpc, routeTables } from './network-fixtures.ts';
import { interfaces } from './network-interface-fixtures.ts';

const anywhere = '0.0.0.0/0';
const elsewhere = '192.168.0.0/16';
let region: TestRegion;
let VpcId: string;
let SubnetId: string;
let RouteTableId: string;
let router: string;
beforeEach(async () => {
  region = testRegion();
  await putImage(region);
  VpcId = await newVpc(region);
  SubnetId = await newSubnet(region, VpcId);
  RouteTableId = await newRouteTable(region, VpcId);
  router = await instanceIn(region, 'running', { SubnetId });
});

const table = async (): Promise<RouteTable> =>
  (await routeTables(region, { RouteTableIds: [RouteTableId] }))[0]!;
const routes = async (): Promise<Route[]> => (await table()).Routes!.slice(1);
const create = (input: object) => region.call(createRoute, { RouteTableId, ...input });
const primaryOf = async (instanceId: string) =>
  (await interfaces(region, filter('attachment.instance-id', instanceId)))[0]!.NetworkInterfaceId!;
const newInterface = async (subnetId = SubnetId) =>
  (await region.call<{ NetworkInterface: NetworkInterface }>(createNetworkInterface, { SubnetId: subnetId }))
    .NetworkInterface.NetworkInterfaceId!;

test('a route to an instance is one to its network interface, and shows both', async () => {
  const NetworkInterfaceId = await primaryOf(router);
  await create({ DestinationCidrBlock: anywhere, InstanceId: router });
  const shown = {
    DestinationCidrBlock: anywhere,
    InstanceId: router,
    InstanceOwnerId: owner,
    NetworkInterfaceId,
    Origin: 'CreateRoute',
    State: 'active',
  };
  expect(await routes()).toEqual([shown]);
  // The same route in other words is no error.
  await create({ DestinationCidrBlock: anywhere, NetworkInterfaceId });
  await create({ DestinationCidrBlock: '192.168.3.1/16', NetworkInterfaceId });
  expect(await routes()).toEqual([shown, { ...shown, DestinationCidrBlock: elsewhere }]);
  expect(await routeTables(region, filter('route.instance-id', router))).toHaveLength(1);
  expect(await routeTables(region, filter('route.instance-id', 'i-0000000000000dead'))).toEqual([]);
  await region.call(deleteRoute, { RouteTableId, DestinationCidrBlock: elsewhere });
  expect(await routes()).toEqual([shown]);
});

test('a route is a black hole while its instance is stopped, and once it is gone', async () => {
  await create({ DestinationCidrBlock: anywhere, InstanceId: router });
  const NetworkInterfaceId = await primaryOf(router);
  await change(region, router, { state: 'stopped' });
  expect(await routes()).toMatchObject([{ State: 'blackhole', InstanceId: router }]);
  await change(region, router, { state: 'running' });
  expect(await routes()).toMatchObject([{ State: 'active' }]);
  await change(region, router, { state: 'terminated', terminatedTime: region.time.toISOString() });
  expect(await routes()).toEqual([
    { DestinationCidrBlock: anywhere, NetworkInterfaceId, Origin: 'CreateRoute', State: 'blackhole' },
  ]);
  expect(await routeTables(region, filter('route.state', 'blackhole'))).toHaveLength(1);
});

test('a route to an interface on its own is a black hole until an instance has it, and when it is deleted', async () => {
  const NetworkInterfaceId = await newInterface();
  await create({ DestinationCidrBlock: elsewhere, NetworkInterfaceId });
  const shown = { DestinationCidrBlock: elsewhere, NetworkInterfaceId, Origin: 'CreateRoute' };
  expect(await routes()).toEqual([{ ...shown, State: 'blackhole' }]);
  await region.call(deleteNetworkInterface, { NetworkInterfaceId });
  expect(await routes()).toEqual([{ ...shown, State: 'blackhole' }]);
  const second = await newInterface();
  await region.call(attachNetworkInterface, {
    NetworkInterfaceId: second,
    InstanceId: router,
    DeviceIndex: 1,
  });
  await region.call(replaceRoute, {
    RouteTableId,
    DestinationCidrBlock: elsewhere,
    NetworkInterfaceId: second,
  });
  expect(await routes()).toMatchObject([{ NetworkInterfaceId: second, InstanceId: router, State: 'active' }]);
});

test('a route changes between gateway and guest by replacement alone', async () => {
  const GatewayId = await newGateway(region, VpcId);
  await create({ DestinationCidrBlock: anywhere, GatewayId });
  const toRouter = { RouteTableId, DestinationCidrBlock: anywhere, InstanceId: router };
  await refusal(region, createRoute, toRouter, {
    code: 'RouteAlreadyExists',
    message: 'The route identified by 0.0.0.0/0 already exists.',
  });
  await region.call(replaceRoute, toRouter);
  const [replaced] = await routes();
  expect(replaced).toMatchObject({ InstanceId: router, State: 'active' });
  expect(replaced!.GatewayId).toBeUndefined();
  await refusal(
    region,
    createRoute,
    { RouteTableId, DestinationCidrBlock: anywhere, GatewayId },
    { code: 'RouteAlreadyExists' },
  );
});

test('running guests are brought their routes', async () => {
  const refreshes = () => region.jobs.filter(job => job.kind === 'apply-vpc' && job.subject === VpcId).length;
  const before = refreshes();
  await create({ DestinationCidrBlock: anywhere, InstanceId: router });
  expect(refreshes() - before).toBe(1);
});

test('what cannot be a route to a guest is refused by name', async () => {
  const otherSubnet = await newSubnet(region, await newVpc(region));
  const foreign = await newInterface(otherSubnet);
  const several = await instanceIn(region, 'running', { SubnetId });
  await region.call(attachNetworkInterface, {
    NetworkInterfaceId: await newInterface(),
    InstanceId: several,
    DeviceIndex: 1,
  });
  const own = await primaryOf(router);
  const oneTarget = 'The request must contain exactly one of gatewayId, networkInterfaceId or instanceId';
  for (const [input, code, message] of [
    [{}, 'MissingParameter', oneTarget],
    [{ InstanceId: router, NetworkInterfaceId: own }, 'InvalidParameterCombination', oneTarget],
    [
      { InstanceId: several },
      'InvalidInstanceID',
      `There are multiple interfaces attached to instance '${several}'. Please specify an interface ID for the operation instead.`,
    ],
    [
      { InstanceId: 'i-0000000000000dead' },
      'InvalidInstanceID.NotFound',
      "The instance ID 'i-0000000000000dead' does not exist",
    ],
    [{ InstanceId: 'router' }, 'InvalidInstanceID.Malformed', 'Invalid id: "router" (expecting "i-...")'],
    [
      { NetworkInterfaceId: 'eni-0000000000000dead' },
      'InvalidNetworkInterfaceID.NotFound',
      "The networkInterface ID 'eni-0000000000000dead' does not exist",
    ],
    [
      { NetworkInterfaceId: foreign },
      'InvalidParameterValue',
      `route table ${RouteTableId} and interface ${foreign} belong to different networks`,
    ],
    [
      { NetworkInterfaceId: own, DestinationCidrBlock: '10.0.1.0/24' },
      'UnsupportedOperation',
      "The destination 10.0.1.0/24 is not supported: it is within the VPC's CIDR block 10.0.0.0/16, where all traffic is local. Name one outside of it.",
    ],
    [
      { NetworkInterfaceId: own, DestinationCidrBlock: '169.254.169.254/32' },
      'InvalidParameterValue',
      'The destination CIDR block 169.254.169.254/32 is within 169.254.168.0/22, which is reserved.',
    ],
  ] as const)
    await refusal(
      region,
      createRoute,
      { RouteTableId, DestinationCidrBlock: anywhere, ...input },
      { code, message },
    );
  expect(await routes()).toEqual([]);
});

test('the guests of another account cannot be told from ones that are not there', async () => {
  const { Vpc } = await region.call<CreateVpcResult>(createVpc, { CidrBlock: '10.0.0.0/16' }, stranger);
  const { RouteTable } = await region.call<CreateRouteTableResult>(
    createRouteTable,
    { VpcId: Vpc!.VpcId },
    stranger,
  );
  for (const [target, code] of [
    [{ InstanceId: router }, 'InvalidInstanceID.NotFound'],
    [{ NetworkInterfaceId: await primaryOf(router) }, 'InvalidNetworkInterfaceID.NotFound'],
  ] as const)
    await refusal(
      region,
      createRoute,
      { RouteTableId: RouteTable!.RouteTableId, DestinationCidrBlock: anywhere, ...target },
      { code },
      stranger,
    );
});
