import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface PostgresCluster {
  /** URL of an empty database of the cluster, made now. */
  createDatabase(name: string): Promise<string>;
  url(database: string): string;
  /** Runs SQL as the superuser in the database `postgres`. */
  psql(statement: string): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL of the test's own: on a unix socket only, in a temporary folder that `stop` removes. Since
 * PostgreSQL refuses to run as root, root runs it as the user `postgres` that the Debian package makes.
 */
export async function startPostgres(): Promise<PostgresCluster> {
  const bin = await newestBinaries();
  const folder = await mkdtemp(join(tmpdir(), 'amity-pg-'));
  const data = join(folder, 'data');
  const become = await ownerCommand(folder);
  const call = (tool: string, ...args: string[]) => {
    const [file, ...rest] = [...become, join(bin, tool), ...args];
    return run(file!, rest, { cwd: folder });
  };

  await call('initdb', '-D', data, '-U', 'amity', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync');
  const serve = [join(bin, 'postgres'), '-D', data, '-k', folder, '-c', 'listen_addresses='];
  // A test run that is interrupted takes its server along.
  const args = ['--pdeathsig=INT', '--', ...become, ...serve];
  const server = spawn('setpriv', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(server, 'exit');
  await ready(server.stderr);

  const url = (database: string) => `postgres://amity@localhost/${database}?host=${folder}`;
  const psql = async (statement: string) =>
    (await call('psql', '-h', folder, '-U', 'amity', '-d', 'postgres', '-Atc', statement)).stdout.trim();
  return {
    url,
    psql,
    async createDatabase(name) {
      await psql(`create database ${name}`);
      return url(name);
    },
    async stop() {
      // SIGINT is PostgreSQL's fast shutdown: it ends open sessions.
      server.kill('SIGINT');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function newestBinaries(): Promise<string> {
  const root = '/usr/lib/postgresql';
  const versions = (await readdir(root).catch(() => [])).sort((a, b) => Number(b) - Number(a));
  if (!versions[0]) throw new Error('These tests need PostgreSQL: apt-get install postgresql');
  return join(root, versions[0], 'bin');
}

/** The words to put before a command so that it runs as an ordinary user, to whom the folder then belongs. */
async function ownerCommand(folder: string): Promise<string[]> {
  if (userInfo().uid !== 0) return [];
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async flag => (await run('id', [flag, 'postgres'])).stdout.trim()),
  );
  await chown(folder, Number(uid), Number(gid));
  await chmod(folder, 0o700);
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--'];
}

async function ready(log: NodeJS.ReadableStream): Promise<void> {
  const lines: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  createInterface({ input: log })
    .on('line', line => {
      lines.push(line);
      if (line.includes('database system is ready to accept connections')) resolve();
    })
    .on('close', () => reject(new Error(`PostgreSQL did not start:\n${lines.join('\n')}`)));
  return promise;
}
