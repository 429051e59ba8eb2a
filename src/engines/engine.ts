import type { OpenVolume } from '../disks/disk.ts';
import type { Architecture, Firmware } from '../domain/image.ts';

/** A guest to run. */
export interface GuestSpec {
  instanceId: string;
  architecture: Architecture;
  firmware: Firmware;
  vcpus: number;
  memoryMiB: number;
  /** What SMBIOS shows as the product, e.g. `t3.micro`. */
  instanceType: string;
  /** In order of attachment; the one with `boot` is booted from. */
  disks: ReadonlyArray<OpenVolume & { device: string; boot: boolean }>;
  /** In order of device index, the primary first. */
  nics: readonly GuestNic[];
  /** Given to one that was hibernated: what its memory was sealed under. */
  memoryKey?: Uint8Array;
}

/** How a start went: `memoryLost` says why a guest that was hibernated could not go on where it was, and booted instead. */
export interface GuestStart {
  memoryLost?: string;
}

/** A NIC the network has prepared: a tap, and the argv prefix that enters the namespace which holds it. */
export interface GuestNic {
  networkInterfaceId: string;
  macAddress: string;
  tap: string;
  /** Put before a command to run it where the tap is; empty when it is here. */
  enter: readonly string[];
}

/** Why a guest ended: it shut itself down, we did it, or its process died. */
export type GuestExit = 'guest-shutdown' | 'stopped' | 'crashed';

/** Runs guests. They are processes of their own: they outlive the server, which re-adopts them. */
export interface Engine {
  /** What executes guest code, e.g. `kvm`, `tcg`, `memory`. */
  readonly accelerator: string;
  /** Why guests of this kind cannot run on this host, with the remedy; undefined where they can. */
  lacking(guest: Pick<GuestSpec, 'architecture' | 'firmware'>): Promise<string | undefined>;
  /**
   * Starts the guest unless it runs already; resolves once its CPU runs. With `memoryKey` it goes on where it was when it
   * was hibernated, once: the memory is gone before the CPU runs. Without, memory that is there is thrown
   * away. @throws for one it is `lacking` something for
   */
  start(guest: GuestSpec): Promise<GuestStart>;
  /** Presses the power button and waits for the guest to go; after `timeoutMs` pulls the plug. Absent is no error. */
  shutdown(instanceId: string, timeoutMs: number): Promise<void>;
  /** Pulls the plug. Absent is no error. */
  kill(instanceId: string): Promise<void>;
  /** Sends the guest's CPUs a non-maskable interrupt. @throws when the guest does not run. */
  interrupt(instanceId: string): Promise<void>;
  /** Presses reset. */
  reset(instanceId: string): Promise<void>;
  /**
   * Stops the CPU, puts the guest's memory and devices on disk, sealed under 32 bytes of key, and ends it. May be repeated
   * after a crash. @throws when that cannot be: the guest goes on, or has gone as by a power failure
   */
  hibernate(instanceId: string, memoryKey: Uint8Array): Promise<void>;
  /** Throws away what a hibernated guest has left. Absent is no error. */
  discardMemory(instanceId: string): Promise<void>;
  isRunning(instanceId: string): Promise<boolean>;
  /** Plugs a volume into a running guest; one that is plugged in already stays. @throws when the guest does not run. */
  attach(instanceId: string, disk: OpenVolume): Promise<void>;
  /**
   * Asks a guest to let go of a volume and tells whether it has. One that has not after `timeoutMs` may do so later, and
   * can be asked again. With `force` the volume is taken from it even so: it reads zeroes from then on, and what it writes
   * is lost. An absent guest or volume is let go of.
   */
  detach(instanceId: string, volumeId: string, how: { timeoutMs: number; force: boolean }): Promise<boolean>;
  /** Plugs a NIC into a running guest; one that is plugged in already stays. @throws when the guest does not run. */
  attachNic(instanceId: string, nic: GuestNic): Promise<void>;
  /** Asks a guest to let go of a NIC, as `detach` does for a volume; with `force` its link is down from then on. */
  detachNic(
    instanceId: string,
    networkInterfaceId: string,
    how: { timeoutMs: number; force: boolean },
  ): Promise<boolean>;
  /**
   * Shows a guest a volume of another size. The guest waits while `resize` closes and opens what `disk` names; then it is
   * linked to it anew. A guest whose server dies meanwhile waits until this is called again.
   * @throws when the guest does not run, or what `resize` throws.
   */
  resizeDisk(
    instanceId: string,
    disk: OpenVolume & { size: number },
    resize: () => Promise<void>,
  ): Promise<void>;
  /** Takes over the guests that outlived the server; returns the ids of those that run. One in `resizeDisk` goes on waiting. */
  adopt(): Promise<string[]>;
  /** The last 64 KiB the guest wrote to its serial console; empty if none. */
  consoleOutput(instanceId: string): Promise<Buffer>;
  /**
   * What the guest's screen shows, as PNG; undefined when it has none, or does not run.
   * @param wake presses a key without a character first, which ends a screen saver
   */
  screenshot(instanceId: string, wake: boolean): Promise<Buffer | undefined>;
  /** Forgets a terminated guest: its console log, its firmware's variables and sockets. */
  forget(instanceId: string): Promise<void>;
  onExit(listener: (instanceId: string, exit: GuestExit) => void): void;
}
