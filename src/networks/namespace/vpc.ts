import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { VpcPlan } from '../../domain/vpc-plan-types.ts';
import { ensureHolder, type RunningHolder } from './holder-process.ts';
import { publicForwards } from './public-forwards.ts';
import { isListening, reconcileForwards, slirpArguments } from './slirp.ts';
import { type VpcSettings, vpcPlaces, vpcProcessNames } from './vpc-settings.ts';
import type { VpcState } from './vpc-state.ts';

/** How long slirp4netns may take until its interface is there, in milliseconds. */
const outboundDeadline = 10_000;

/** One VPC's processes, kept to its last state: a holder or slirp4netns that ends is started again. */
export class Vpc {
  readonly #settings: VpcSettings;
  readonly #vpcId: string;
  readonly #places: ReturnType<typeof vpcPlaces>;
  readonly #names: ReturnType<typeof vpcProcessNames>;
  #state: VpcState | undefined;
  #work: Promise<unknown> = Promise.resolve();
  readonly #watched = new Set<string>();
  #closed = false;

  constructor(settings: VpcSettings, vpcId: string) {
    this.#settings = settings;
    this.#vpcId = vpcId;
    this.#places = vpcPlaces(settings, vpcId);
    this.#names = vpcProcessNames(vpcId);
  }

  get plan(): VpcPlan | undefined {
    return this.#state?.plan;
  }

  /** Brings the VPC to `state`. One at a time; the last one given wins. */
  apply(state: VpcState): Promise<void> {
    return this.#queue(() => this.#bringTo(state));
  }

  /** The same plan on a host whose addresses have changed. */
  async moveHost(hostAddresses: string[]): Promise<void> {
    if (this.#state) await this.apply({ ...this.#state, hostAddresses });
  }

  /** The live holder; it is started when it is not there. */
  holder(): Promise<RunningHolder> {
    return this.#queue(async () => {
      const alive = this.#settings.processes.find(this.#names.holder);
      if (this.#state && !alive) await this.#bringTo(this.#state);
      return ensureHolder(this.#settings, this.#vpcId);
    });
  }

  /** Ends the VPC's processes and removes what they left. */
  remove(): Promise<void> {
    this.#closed = true;
    return this.#queue(async () => {
      const { processes } = this.#settings;
      // The holder before dnsmasq: it would start that again.
      for (const name of [this.#names.slirp, this.#names.holder, this.#names.dnsmasq])
        await processes.stop(name);
      for (const path of Object.values(this.#places)) await rm(path, { recursive: true, force: true });
    });
  }

  /** Leaves the processes to themselves. */
  close(): void {
    this.#closed = true;
  }

  #queue<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#work.then(task);
    this.#work = done.catch(() => undefined);
    return done;
  }

  async #bringTo(state: VpcState): Promise<void> {
    const holder = await ensureHolder(this.#settings, this.#vpcId);
    await holder.client.apply(state);
    this.#state = state;
    await this.#ensureOutside(holder);
    const forwards = publicForwards(state.plan, this.#settings.publicPort, this.#settings.publicPorts);
    await reconcileForwards(this.#places.slirpSocket, forwards, this.#settings.report);
    this.#watch(this.#names.holder);
    this.#watch(this.#names.slirp);
  }

  /** slirp4netns, in the namespace of this holder: one that serves the namespace of a dead one is replaced. */
  async #ensureOutside({ identity, client }: RunningHolder): Promise<void> {
    const { processes } = this.#settings;
    const isThere = async () =>
      (await client.status()).outbound && (await isListening(this.#places.slirpSocket));
    if (processes.find(this.#names.slirp) && (await isThere())) return;
    await processes.stop(this.#names.slirp);
    await rm(this.#places.slirpSocket, { force: true });
    await processes.start({
      name: this.#names.slirp,
      argv: slirpArguments(this.#places.slirpSocket, identity.pid),
      logFile: this.#places.slirpLog,
    });
    const deadline = performance.now() + outboundDeadline;
    while (!(await isThere())) {
      if (!processes.find(this.#names.slirp) || performance.now() > deadline)
        throw new Error(
          `slirp4netns did not open ${this.#vpcId} to the outside; see ${this.#places.slirpLog}`,
        );
      await delay(50);
    }
  }

  #watch(name: string): void {
    if (this.#watched.has(name)) return;
    this.#watched.add(name);
    void this.#settings.processes.exited(name).then(() => this.#revive(name));
  }

  async #revive(name: string): Promise<void> {
    for (let wait = 100; !this.#closed; wait = Math.min(wait * 2, 30_000)) {
      try {
        await this.#queue(async () => {
          this.#watched.delete(name);
          if (!this.#closed && this.#state && !this.#settings.processes.find(name)) {
            this.#settings.report(`${name} has ended and is started again`);
            await this.#bringTo(this.#state);
          }
        });
        if (!this.#closed && this.#state) this.#watch(name);
        return;
      } catch (error) {
        this.#settings.report(`${name} could not be started again: ${(error as Error).message}`);
        await delay(wait, undefined, { ref: false });
      }
    }
  }
}
