/** A server of its own process whose guests are only rows: durable records in SQLite, the real edge, the real jobs. */
import { writeSync } from 'node:fs';
import { createMemoryDisks } from '../../src/disks/memory.ts';
import { formatId, type IdPrefix } from '../../src/domain/ids.ts';
import { createMemoryEngine } from '../../src/engines/memory.ts';
import { memoryIdentitySigner } from '../../src/identity/local-identity-signer.ts';
import { memoryImporter } from '../../src/imports/memory.ts';
import { jobKinds } from '../../src/jobs/index.ts';
import { keyedLock } from '../../src/jobs/keyed-lock.ts';
import { createJobQueue } from '../../src/jobs/queue.ts';
import { createJobRunner } from '../../src/jobs/runner.ts';
import type { JobServices } from '../../src/jobs/services.ts';
import { jsonLog } from '../../src/log.ts';
import { memoryNetwork } from '../../src/networks/memory.ts';
import type { Context } from '../../src/operations/context.ts';
import { ensureDefaultNetwork } from '../../src/operations/default-network.ts';
import { operations as ebs } from '../../src/operations/ebs/index.ts';
import { operations as ec2 } from '../../src/operations/ec2/index.ts';
import { operations as kms } from '../../src/operations/kms/index.ts';
import { operations as organizations } from '../../src/operations/organizations/index.ts';
import { operations as rbin } from '../../src/operations/rbin/index.ts';
import { operations as ssm } from '../../src/operations/ssm/index.ts';
import { operations as sts } from '../../src/operations/sts/index.ts';
import { createEdge } from '../../src/protocols/edge.ts';
import { sealedTokens } from '../../src/sealed-tokens.ts';
import { memoryBlockStore } from '../../src/stores/blocks/memory.ts';
import { createAccounts } from '../../src/stores/records/accounts.ts';
import { openAccountDatabase, openRegionDatabase } from '../../src/stores/records/open.ts';
import type { ControlPlaneReady } from './control-plane.ts';
import { fill } from './fill.ts';
import { imageOf } from './images.ts';

const [folder, images] = process.argv.slice(2) as [string, string];
const name = 'us-east-1';
const zones = ['us-east-1a', 'us-east-1b'] as const;
const masterKey = Buffer.alloc(32, 1);
const now = () => new Date();
const url = `sqlite:${folder}`;
// As the server's: every request is logged. Here to nowhere.
const log = jsonLog(() => {});

const accounts = createAccounts({ database: await openAccountDatabase(url), masterKey, now });
const caller = await accounts.create({ name: 'caller' });
const amazon = await accounts.create({ name: 'amazon', alias: 'amazon' });
const crowd = { caller: caller.accountId, amazon: amazon.accountId, now: now() };
await (await openRegionDatabase(url, name)).close();
await fill(url, Number(images), crowd);
const records = await openRegionDatabase(url, name);

const newId = (prefix: IdPrefix) => formatId(prefix, crypto.randomUUID().replaceAll('-', '').slice(0, 17));
await ensureDefaultNetwork(records, caller.accountId, zones, newId);
await writeSnapshots();

const engine = createMemoryEngine();
const blocks = memoryBlockStore();
const queue = createJobQueue({ now });
const services: JobServices = {
  ...{ region: name, records, blocks, engine, disks: createMemoryDisks(), network: memoryNetwork() },
  identity: await memoryIdentitySigner(name, now),
  ...{ jobs: queue, imports: memoryImporter(), log, shutdownTimeout: 1_000, now, locks: keyedLock() },
};
const runner = createJobRunner({
  ...{ records, queue, services, now, log, kinds: jobKinds },
  runnerId: 'bench',
  takeOver: true,
});
await runner.start();

const region = { name, zones, all: [{ name, zones }], endpoint: '', publicCidrBlock: '127.77.0.0/18' };
const tokens = sealedTokens(masterKey, name);
const edge = createEdge({
  services: { ec2, ebs, kms, organizations, rbin, ssm, sts },
  regions: [name],
  async authenticate(accessKeyId) {
    const key = await accounts.authenticate(accessKeyId);
    const arn = `arn:aws:iam::${key?.accountId}:root`;
    return key && { secret: key.secret, caller: { accountId: key.accountId, accessKeyId, arn } };
  },
  contextFor: (_region, caller): Context => ({
    ...{
      caller: { ...caller, memberOf: [] },
      organizations: [],
      defaults: { imageBlockPublicAccess: 'unblocked' as const },
    },
    ...{ region, records, blocks, engine, accounts, tokens, newId, now, log },
    jobs: queue,
    capacity: { guestMemoryMiB: Number.MAX_SAFE_INTEGER },
  }),
  afterChange: () => queue.wake(),
  log,
  clock: now,
});
const { host, port } = await edge.listen('127.0.0.1', 0);
const { accessKeyId, secretAccessKey } = caller;
const ready: ControlPlaneReady = {
  ...{ endpoint: `http://${host}:${port}`, accessKeyId, secretAccessKey },
  ...{ ...crowd, now: crowd.now.toISOString() },
};
writeSync(1, `${JSON.stringify(ready)}\n`);
// Whoever started it keeps the pipe.
process.stdin.on('end', () => process.exit()).resume();

/** Images can be launched only if their snapshots are there. */
async function writeSnapshots(): Promise<void> {
  await records.transaction(async writer => {
    for (let number = 0; number < Number(images); number++) {
      const image = imageOf(number, Number(images), crowd);
      await writer.snapshots.put({
        snapshotId: image.blockDeviceMappings[0]!.ebs!.snapshotId!,
        ownerId: image.ownerId,
        volumeId: 'vol-ffffffff',
        volumeSize: 8,
        state: 'completed',
        startTime: image.creationDate,
        progress: 100,
        description: '',
        encrypted: false,
        productCodes: [],
        createVolumePermissions: [],
      });
    }
  });
}
