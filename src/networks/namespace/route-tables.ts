/** Where a guest's packets to other networks go, when its subnet's route table says: to a guest that routes. See ip-rule(8). */
import type { Endpoint, VpcPlan } from '../../domain/vpc-plan-types.ts';
import { tapName } from './addresses.ts';

/** Before this rule come addresses that are the namespace's own, and after it the table `main` with its way out. */
const preference = { withinVpc: 1000, byTap: 1001 } as const;
const firstTable = 1000;

/** The commands of `ip -batch` that make the policy routing anew; the same text for the same routes. */
export function routingCommands(plan: VpcPlan): string[] {
  const tables = [
    ...Map.groupBy(
      plan.endpoints.filter(one => one.routes?.length),
      one => JSON.stringify(one.routes),
    ).values(),
  ];
  if (!tables.length) return [];
  return [
    // What lies in the VPC is reached directly, whatever its route tables say.
    `rule add pref ${preference.withinVpc} lookup main suppress_prefixlength 0`,
    ...tables.flatMap((users, index) => {
      const table = firstTable + index;
      return [
        `route replace blackhole ${plan.cidrBlock} table ${table}`,
        ...users[0]!.routes!.map(route => `route replace ${target(route, plan)} table ${table}`),
        ...users.map(
          one => `rule add pref ${preference.byTap} iif ${tapName(one.networkInterfaceId)} lookup ${table}`,
        ),
      ];
    }),
  ];
}

/** A guest that is not powered on, or no router, is a black hole: it would drop what is not for it. */
function target({ cidr, networkInterfaceId }: Route, { endpoints }: VpcPlan): string {
  const router = endpoints.find(one => one.networkInterfaceId === networkInterfaceId);
  if (router?.sourceDestCheck !== false) return `blackhole ${cidr}`;
  return `${cidr} via ${router.privateIpAddress} dev ${tapName(networkInterfaceId)} onlink`;
}

type Route = NonNullable<Endpoint['routes']>[number];

/** Undoes the commands, in a namespace where others may have been given. */
export function forgetRouting(rules: ReadonlyArray<{ priority?: number; table?: string }>): string[] {
  const ours = rules.filter(
    ({ priority = 0 }) => priority === preference.withinVpc || priority === preference.byTap,
  );
  const tables = ours.flatMap(({ priority, table }) => (priority === preference.byTap && table ? table : []));
  return [
    ...ours.map(({ priority }) => `rule del pref ${priority}`),
    ...[...new Set(tables)].map(table => `route flush table ${table}`),
  ];
}
