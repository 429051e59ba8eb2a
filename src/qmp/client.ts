import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeCommand, lineSplitter, parseMessage, type QmpEvent, type QmpMessage } from './codec.ts';

/** The server refused a command. */
export class QmpError extends Error {
  override name = 'QmpError';
  /** E.g. `GenericError`, `DeviceNotFound`. */
  readonly errorClass: string;

  constructor(command: string, errorClass: string, description: string) {
    super(`${command}: ${description}`);
    this.errorClass = errorClass;
  }
}

/** The server did not answer in time; the command may still be carried out. */
export class QmpTimeout extends Error {
  override name = 'QmpTimeout';
}

/** The connection is gone; whether a pending command was carried out is unknown. */
export class QmpClosed extends Error {
  override name = 'QmpClosed';
}

const defaultDeadline = 10_000;

interface Pending {
  command: string;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** A QMP connection, to QEMU or to qemu-storage-daemon. Commands may overlap; each has a deadline. */
export class QmpClient {
  /** Resolves when the connection is gone, after the last event was delivered. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(event: QmpEvent) => void>();
  readonly #greeted: Promise<void>;
  #greet: () => void = () => undefined;
  #nextId = 1;
  #failure: Error | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const split = lineSplitter();
    socket.on('data', chunk => {
      try {
        for (const line of split(chunk)) if (line) this.#receive(parseMessage(line));
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    socket.on('error', error => {
      this.#failure = error;
    });
    this.closed = new Promise(resolve => {
      socket.once('close', () => {
        for (const { command, reject } of this.#pending.values()) reject(this.#closedError(command));
        this.#pending.clear();
        resolve();
      });
    });
    this.#greeted = new Promise(resolve => {
      this.#greet = resolve;
    });
  }

  /** Connects and negotiates; a server that serves another client, or hangs, fails by `timeoutMs`. */
  static async connect(path: string, timeoutMs = defaultDeadline): Promise<QmpClient> {
    const client = new QmpClient(connect(path));
    try {
      await within(timeoutMs, `${path} sent no QMP greeting`, [
        client.#greeted,
        client.closed.then(() => Promise.reject(client.#closedError(path))),
      ]);
      await client.execute('qmp_capabilities', undefined, timeoutMs);
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /**
   * Runs a command and answers what it returned, unchecked.
   * @throws QmpError when refused, QmpTimeout after `timeoutMs`, QmpClosed when the connection ends.
   */
  async execute<Result = unknown>(
    command: string,
    args?: Readonly<Record<string, unknown>>,
    timeoutMs = defaultDeadline,
  ): Promise<Result> {
    if (this.#socket.destroyed) throw this.#closedError(command);
    const id = this.#nextId++;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { command, resolve, reject });
    });
    this.#socket.write(encodeCommand(id, command, args));
    try {
      return (await within(timeoutMs, `${command} was not answered`, [answer])) as Result;
    } finally {
      this.#pending.delete(id);
    }
  }

  /** Calls `listener` for each event from now on; the answer ends it. */
  onEvent(listener: (event: QmpEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Runs `command` and then waits until an event has matched; it may come before the command is answered.
   * @throws as `execute` does; `timeoutMs` bounds the command and the wait, each.
   */
  async executeUntil(
    matches: (event: QmpEvent) => boolean,
    command: string,
    args?: Readonly<Record<string, unknown>>,
    timeoutMs = defaultDeadline,
  ): Promise<void> {
    let seen: () => void = () => undefined;
    const happened = new Promise<void>(resolve => {
      seen = resolve;
    });
    const forget = this.onEvent(event => {
      if (matches(event)) seen();
    });
    try {
      await this.execute(command, args, timeoutMs);
      const lost = this.closed.then(() => Promise.reject(this.#closedError(command)));
      await within(timeoutMs, `${command} was accepted but its event did not come`, [happened, lost]);
    } finally {
      forget();
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  #receive(message: QmpMessage): void {
    switch (message.kind) {
      case 'greeting':
        this.#greet();
        return;
      case 'event':
        for (const listener of this.#listeners) listener(message.event);
        return;
      case 'return':
        this.#take(message.id)?.resolve(message.value);
        return;
      case 'error': {
        const pending = this.#take(message.id);
        pending?.reject(new QmpError(pending.command, message.class, message.description));
      }
    }
  }

  /** The command an answer belongs to; undefined when its deadline has passed. */
  #take(id: number | undefined): Pending | undefined {
    return id === undefined ? undefined : this.#pending.get(id);
  }

  #closedError(what: string): QmpClosed {
    return new QmpClosed(`${what}: the QMP connection is closed`, { cause: this.#failure });
  }
}

/** The first of `promises`, or a QmpTimeout. */
async function within<T>(timeoutMs: number, message: string, promises: Promise<T>[]): Promise<T> {
  const settled = new AbortController();
  const late = delay(timeoutMs, undefined, { signal: settled.signal }).then(() => {
    throw new QmpTimeout(`${message} within ${timeoutMs} ms`);
  });
  late.catch(() => undefined);
  for (const promise of promises) promise.catch(() => undefined);
  try {
    return await Promise.race([...promises, late]);
  } finally {
    settled.abort();
  }
}

/** How often a socket that is not there yet is tried, in milliseconds. */
const retryInterval = 25;

/**
 * Connects to a server that has just been started.
 * @throws the last failure when `ended` resolves (its process is gone), or after `timeoutMs`.
 */
export async function connectWhenReady(
  path: string,
  ended: Promise<void>,
  timeoutMs = defaultDeadline,
): Promise<QmpClient> {
  const deadline = Date.now() + timeoutMs;
  let gone = false;
  ended.then(() => {
    gone = true;
  });
  for (;;) {
    try {
      return await QmpClient.connect(path, Math.max(1, deadline - Date.now()));
    } catch (error) {
      if (gone || Date.now() >= deadline) throw error;
      await Promise.race([delay(retryInterval), ended]);
    }
  }
}
