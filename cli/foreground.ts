import { createWriteStream, type WriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { Refusal } from './errors.ts';
import { type ListenOptions, loadServer, parseListen, type RunningServer, settingsOf } from './server.ts';

/**
 * Starts the server in this process, after a look at whether its port is free. Its log lines go to standard error, or
 * to `logFile`, which is made when the first one comes.
 */
export async function startHere(options: ListenOptions, logFile?: string): Promise<RunningServer> {
  const { host, port } = parseListen(options.listen);
  await refuseTakenPort(host, port);
  const { startServer, jsonLog } = await loadServer();
  return startServer(settingsOf(options), logFile ? jsonLog(appendTo(logFile)) : jsonLog());
}

function appendTo(file: string): (line: string) => void {
  let stream: WriteStream | undefined;
  return line => {
    stream ??= createWriteStream(file, { flags: 'a', mode: 0o600 });
    stream.write(line);
  };
}

export async function refuseTakenPort(host: string, port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((done, failed) => {
    probe.once('error', (error: NodeJS.ErrnoException) =>
      failed(
        new Refusal(
          error.code === 'EADDRINUSE'
            ? `${host}:${port} is in use, perhaps by another server: stop it, or choose with --listen ${host}:0.`
            : `${host}:${port} cannot be listened on (${error.code}): choose another address with --listen.`,
        ),
      ),
    );
    probe.listen(port, host, () => probe.close(() => done()));
  });
}

/** Resolves at the first Ctrl-C or SIGTERM; a second one ends the program at once. */
export function untilInterrupted(): Promise<void> {
  return new Promise(done => {
    let asked = false;
    const ask = () => {
      if (asked) process.exit(130);
      asked = true;
      done();
    };
    process.on('SIGINT', ask);
    process.on('SIGTERM', ask);
  });
}

/** Stops the server at Ctrl-C. Instances are processes of their own and go on. */
export async function runUntilInterrupted(
  server: RunningServer,
  interrupted = untilInterrupted(),
): Promise<void> {
  await interrupted;
  process.stderr.write(
    '\nStopping the server. Instances keep running; it finds them again when it is started.\n',
  );
  await server.stop();
}
