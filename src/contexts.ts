import type { Config } from './config.ts';
import type { Caller } from './domain/account.ts';
import type { Memberships, Organization } from './domain/organizations.ts';
import { partitionOf } from './domain/partition.ts';
import type { Context } from './operations/context.ts';
import { publicNetworkOf } from './public-network.ts';
import type { Region } from './region.ts';
import type { AccountRecords } from './stores/records/accounts.ts';

/** A server as far as requests are concerned. */
export interface Serving {
  readonly config: Config;
  readonly accounts: AccountRecords;
  readonly organizations: readonly Organization[];
  readonly membershipsOf: Memberships;
  readonly regions: ReadonlyMap<string, Region>;
  /** `host:port`, known once it listens. */
  endpoint: string;
}

/** What an operation may use for one request; undefined for a region that is not configured. */
export function contextOf(serving: Serving, name: string, caller: Caller): Context | undefined {
  const { config, accounts, regions, endpoint } = serving;
  const region = regions.get(name);
  if (!region) return undefined;
  const { zones, records, queue, blocks, engine, newId, tokens, log } = region;
  return {
    caller: { ...caller, memberOf: serving.membershipsOf(caller.accountId, partitionOf(name)) },
    region: {
      name,
      zones,
      all: [...regions.values()].map(other => ({ name: other.name, zones: other.zones })),
      endpoint,
      publicCidrBlock: publicNetworkOf(config.publicNetwork, config.regions.indexOf(name)),
    },
    ...{ records, blocks, engine, accounts, newId, tokens, log },
    organizations: serving.organizations,
    jobs: queue,
    capacity: { guestMemoryMiB: config.guestMemoryMiB },
    defaults: { imageBlockPublicAccess: config.imageBlockPublicAccess },
    now: () => new Date(),
  };
}
