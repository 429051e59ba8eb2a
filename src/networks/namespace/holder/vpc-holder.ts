import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import type { Endpoint, VpcPlan } from '../../../domain/vpc-plan-types.ts';
import { privateAddresses } from '../addresses.ts';
import { arpRules } from '../arp-rules.ts';
import { type HolderRequest, type HolderStatus, holderVersion } from '../control.ts';
import { ruleset } from '../ruleset.ts';
import { runTool } from '../tool.ts';
import { parseVpcState, type VpcState } from '../vpc-state.ts';
import type { dnsmasqProcess } from './dnsmasq-process.ts';
import { applyTaps, openOutside, prepareNamespace } from './taps.ts';

/** How long a guest may take to answer on its port 22, in milliseconds. */
const dialDeadline = 2_000;

export interface VpcHolder {
  /** Prepares the namespace and brings it to the plan that was kept, if there is one. */
  start(): Promise<void>;
  /** Does what the server asks. */
  handle(request: HolderRequest): Promise<unknown>;
  /** The first network interface of the guest that has a private address now, on any of its interfaces. */
  endpointOf(address: string): Endpoint | undefined;
}

/** @param stateFile keeps the last state, so that a holder which comes back serves at once, server or not */
export function vpcHolder(
  vpcId: string,
  stateFile: string,
  dnsmasq: ReturnType<typeof dnsmasqProcess>,
): VpcHolder {
  let primaries = new Map<string, Endpoint>();
  let guests = new Map<string, Endpoint>();
  let last = Promise.resolve();

  const bringTo = async (state: VpcState) => {
    // The firewall first: a tap must never be up without its rules. One that goes is cut off before it is removed.
    await runTool('nft', ['-f', '-'], ruleset(state));
    await filterArp(state.plan);
    const { endpoints } = state.plan;
    primaries = new Map(
      endpoints.flatMap(one => (one.deviceIndex === 0 ? [[one.instanceId, one] as const] : [])),
    );
    guests = new Map(
      endpoints.flatMap(one =>
        privateAddresses(one).map(address => [address, primaries.get(one.instanceId) ?? one] as const),
      ),
    );
    await applyTaps(state.plan);
    await dnsmasq.apply(state.plan);
  };

  const apply = async (state: VpcState) => {
    if (state.plan.vpcId !== vpcId) throw new Error(`this is the holder of ${vpcId}`);
    await keep(stateFile, JSON.stringify(state));
    await bringTo(state);
  };

  return {
    endpointOf: address => guests.get(address),
    async start() {
      await prepareNamespace();
      // A state that cannot be brought about again must not keep the server from giving another.
      await readKept(stateFile)
        .then(kept => kept && bringTo(kept))
        .catch(error => console.error(error));
    },
    async handle(request) {
      switch (request.method) {
        case 'apply': {
          const done = last.then(() => apply(request.state));
          last = done.catch(() => undefined);
          return done;
        }
        case 'reachable': {
          const endpoint = primaries.get(request.instanceId);
          return endpoint !== undefined && answers(endpoint.privateIpAddress);
        }
        case 'status':
          return { vpcId, version: holderVersion, outbound: await openOutside() } satisfies HolderStatus;
      }
    },
  };
}

/** A kernel may lack this filter, without which a guest harms only the host's table of neighbours. */
async function filterArp(plan: VpcPlan): Promise<void> {
  await runTool('nft', ['-f', '-'], arpRules(plan)).catch(error =>
    console.error(`what guests say in ARP is not filtered: ${error.message}`),
  );
}

/** Whether the guest's kernel answers: also a refusal shows that it lives. */
function answers(address: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host: address, port: 22 });
  socket.setTimeout(dialDeadline, () => resolve(false));
  socket.on('connect', () => resolve(true));
  socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  return promise.finally(() => socket.destroy());
}

async function readKept(file: string): Promise<VpcState | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return parseVpcState(JSON.parse(text));
}

/** Whole or not at all, also when the machine stops in between. It holds user data: nobody else may read it. */
async function keep(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(`${file}.new`, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}
