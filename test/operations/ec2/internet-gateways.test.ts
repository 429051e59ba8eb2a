import type { InternetGateway } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { attachInternetGateway } from '../../../src/operations/ec2/attach-internet-gateway.ts';
import { createInternetGateway } from '../../../src/operations/ec2/create-internet-gateway.ts';
import { deleteInternetGateway } from '../../../src/operations/ec2/delete-internet-gateway.ts';
import { describeInternetGateways } from '../../../src/operations/ec2/describe-internet-gateways.ts';
import { detachInternetGateway } from '../../../src/operations/ec2/detach-internet-gateway.ts';
import { owner, type TestRegion, testRegion } from '../region.ts';
import { instanceIn, putImage, refusal } from './launch-fixtures.ts';
import { defaultVpcId, filter, newGateway, newVpc } from './network-fixtures.ts';

let region: TestRegion;
let VpcId: string;
beforeEach(async () => {
  region = testRegion();
  VpcId = await newVpc(region);
});

const gateways = async (input: object = {}) =>
  (await region.call<{ InternetGateways: InternetGateway[] }>(describeInternetGateways, input))
    .InternetGateways;

describe('internet gateways', () => {
  test('are made, attached, found, detached and deleted', async () => {
    const { InternetGateway } = await region.call<{ InternetGateway: InternetGateway }>(
      createInternetGateway,
      {
        TagSpecifications: [{ ResourceType: 'internet-gateway', Tags: [{ Key: 'a', Value: 'b' }] }],
      },
    );
    expect(InternetGateway).toMatchObject({
      OwnerId: owner,
      Attachments: [],
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    const { InternetGatewayId } = InternetGateway;
    await region.call(attachInternetGateway, { InternetGatewayId, VpcId });
    for (const one of [
      filter('attachment.vpc-id', VpcId),
      filter('tag:a', 'b'),
      filter('internet-gateway-id', InternetGatewayId!),
    ])
      expect(await gateways(one)).toMatchObject([
        { InternetGatewayId, Attachments: [{ VpcId, State: 'available' }] },
      ]);
    expect(await gateways(filter('attachment.state', 'available'))).toHaveLength(2);
    await region.call(detachInternetGateway, { InternetGatewayId, VpcId });
    await region.call(deleteInternetGateway, { InternetGatewayId });
    await refusal(
      region,
      describeInternetGateways,
      { InternetGatewayIds: [InternetGatewayId] },
      {
        code: 'InvalidInternetGatewayID.NotFound',
        message: `The internetGateway ID '${InternetGatewayId}' does not exist`,
      },
    );
  });

  test('are attached to one VPC each, and each VPC has one', async () => {
    const InternetGatewayId = await newGateway(region, VpcId);
    const other = await newVpc(region);
    await refusal(
      region,
      attachInternetGateway,
      { InternetGatewayId, VpcId: other },
      {
        code: 'Resource.AlreadyAssociated',
        message: `resource ${InternetGatewayId} is already attached to network ${VpcId}`,
      },
    );
    await refusal(
      region,
      attachInternetGateway,
      { InternetGatewayId: await newGateway(region), VpcId },
      {
        code: 'InvalidParameterValue',
        message: `Network ${VpcId} already has an internet gateway attached`,
      },
    );
    await refusal(
      region,
      detachInternetGateway,
      { InternetGatewayId, VpcId: other },
      {
        code: 'Gateway.NotAttached',
        message: `resource ${InternetGatewayId} is not attached to network ${other}`,
      },
    );
    await refusal(
      region,
      deleteInternetGateway,
      { InternetGatewayId },
      {
        code: 'DependencyViolation',
        message: `The internetGateway '${InternetGatewayId}' has dependencies and cannot be deleted.`,
      },
    );
  });

  test('stay attached while guests of the VPC have public addresses', async () => {
    await putImage(region);
    await instanceIn(region, 'running');
    const vpcId = await defaultVpcId(region);
    const [gateway] = await gateways(filter('attachment.vpc-id', vpcId));
    await refusal(
      region,
      detachInternetGateway,
      { InternetGatewayId: gateway!.InternetGatewayId, VpcId: vpcId },
      {
        code: 'DependencyViolation',
        message: `Network ${vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
      },
    );
  });

  test('are five at most', async () => {
    await defaultVpcId(region);
    for (let i = 0; i < 4; i++) await newGateway(region);
    await refusal(region, createInternetGateway, {}, { code: 'InternetGatewayLimitExceeded' });
  });
});
