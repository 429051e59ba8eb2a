import { expect, test } from 'vitest';
import { planVpc, type VpcFacts } from '../../src/domain/vpc-plan.ts';
import { owner as ownerId } from '../operations/region.ts';
import { anInstance } from '../support/records.ts';

const { vpcId, subnetId } = anInstance();
const vpc = { vpcId, ownerId, cidrBlock: '172.31.0.0/16', isDefault: true };
const place = { availabilityZone: 'us-east-1a', defaultForAz: true };
const subnet = { subnetId, vpcId, ownerId, cidrBlock: '172.31.0.0/20', ...place };

function plan(facts: Partial<VpcFacts>) {
  return planVpc({
    region: 'us-east-1',
    vpc,
    subnets: [subnet],
    routeTables: [],
    internetGateways: [],
    securityGroups: [],
    instances: [anInstance({ state: 'running' })],
    volumes: [],
    tags: new Map(),
    sign: () => ({ signature: 's', rsa2048: 'r', pkcs7: 'p' }),
    ...facts,
  });
}

test('a guest of a subnet whose route table has no way out has no internet', () => {
  const associations = [{ associationId: 'rtbassoc-1' }];
  const main = { routeTableId: 'rtb-1', ownerId, vpcId, associations, routes: [] };
  expect(plan({ routeTables: [main] }).endpoints).toMatchObject([{ hasInternet: false }]);
  const open = plan({}).endpoints;
  expect(open).toHaveLength(1);
  expect(open[0]).not.toHaveProperty('hasInternet');
});

test('a VPC says what it has not of DNS', () => {
  expect(plan({})).not.toHaveProperty('enableDnsHostnames');
  expect(plan({ vpc: { ...vpc, isDefault: false } })).toMatchObject({ enableDnsHostnames: false });
  const silent = plan({ vpc: { ...vpc, enableDnsSupport: false } });
  expect(silent).toMatchObject({ enableDnsSupport: false, enableDnsHostnames: false });
});
