import { randomBytes } from 'node:crypto';
import type { IdPrefix } from '../../src/domain/ids.ts';
import { formatId } from '../../src/domain/ids.ts';
import type { JobName } from '../../src/jobs/kinds.ts';
import type { Context } from '../../src/operations/context.ts';
import { type Operation, runOperation } from '../../src/operations/operation.ts';
import { sealedTokens } from '../../src/sealed-tokens.ts';
import type { BlockStore } from '../../src/stores/blocks/block-store.ts';
import { regionCollections } from '../../src/stores/records/collections.ts';
import type { RegionDatabase } from '../../src/stores/records/database.ts';
import { memoryDatabase } from '../../src/stores/records/memory.ts';

/** A region on memory stores in which operations run and jobs are only collected: for tests of operations. */
export interface TestRegion {
  records: RegionDatabase;
  /** Jobs enqueued so far, by committed transactions or not. */
  jobs: { kind: JobName; subject: string; input: unknown }[];
  /** Instances whose guests were interrupted. */
  interrupts: string[];
  /** What was logged. */
  logged: string[];
  /** Calls `operation` as `accountId` (the owner, 111122223333, unless said). */
  call<Result>(operation: Operation, input: unknown, accountId?: string): Promise<Result>;
  /** As `call` has it, for an edge before the operations. */
  contextOf(accountId: string): Context;
  /** The clock; assign to move it. */
  time: Date;
}

export const owner = '111122223333';
export const stranger = '444455556666';
export const amazon = '137112412989';

export interface TestOptions {
  /** What instances may have together; a tebibyte unless said. */
  guestMemoryMiB?: number;
  blocks?: BlockStore;
  console?: Buffer;
  screen?: (wake: boolean) => Buffer | undefined;
  /** What the host lacks for some instances. */
  lacking?: (guest: { architecture: string; firmware: string }) => string | undefined;
  /** ARNs of organisations and units, by account. */
  memberOf?: Readonly<Record<string, readonly string[]>>;
  /** What holds for accounts that have not chosen; here nothing is blocked, unlike in a server. */
  imageBlockPublicAccess?: 'block-new-sharing' | 'unblocked';
}

export function testRegion(options: TestOptions = {}): TestRegion {
  const records = memoryDatabase(regionCollections);
  const tokens = sealedTokens(Buffer.alloc(32, 1), 'us-east-1');
  const accounts = [
    { accountId: owner, name: 'owner' },
    { accountId: stranger, name: 'stranger' },
    { accountId: amazon, name: 'amazon', alias: 'amazon' as const },
  ];
  const region: TestRegion = {
    records,
    ...{ jobs: [], interrupts: [], logged: [] },
    time: new Date('2026-05-10T13:17:12.000Z'),
    call: async (operation, input, accountId = owner) =>
      (await runOperation(operation, input, context(accountId))) as never,
    contextOf: accountId => context(accountId),
  };
  const context = (accountId: string): Context => ({
    caller: {
      accountId,
      accessKeyId: 'AKIATEST',
      arn: `arn:aws:iam::${accountId}:root`,
      memberOf: options.memberOf?.[accountId] ?? [],
    },
    region: {
      name: 'us-east-1',
      zones: ['us-east-1a', 'us-east-1b'],
      all: [
        { name: 'us-east-1', zones: ['us-east-1a', 'us-east-1b'] },
        { name: 'eu-west-1', zones: ['eu-west-1a', 'eu-west-1b'] },
      ],
      endpoint: '127.0.0.1:8773',
      publicCidrBlock: '127.77.0.0/18',
    },
    records,
    jobs: {
      async enqueue(_records, kind, subject, input) {
        region.jobs.push({ kind, subject, input });
      },
      wake() {},
    },
    blocks: options.blocks as BlockStore,
    engine: {
      lacking: async guest => options.lacking?.(guest),
      consoleOutput: async () => options.console ?? Buffer.alloc(0),
      screenshot: async (_id, wake) => options.screen?.(wake),
      interrupt: async id => void region.interrupts.push(id),
    },
    accounts: {
      get: async id => accounts.find(account => account.accountId === id),
      byAlias: async alias => accounts.find(account => account.alias === alias),
      aliased: async () => accounts.filter(account => account.alias),
    },
    tokens,
    capacity: { guestMemoryMiB: options.guestMemoryMiB ?? 1_048_576 },
    organizations: [],
    defaults: { imageBlockPublicAccess: options.imageBlockPublicAccess ?? 'unblocked' },
    log: {
      info: message => void region.logged.push(message),
      error: message => void region.logged.push(message),
    },
    now: () => region.time,
    newId: (prefix: IdPrefix) => formatId(prefix, randomBytes(9).toString('hex').slice(0, 17)),
  });
  return region;
}
