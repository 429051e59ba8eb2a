import { spawn } from 'node:child_process';

/** Where tools are looked for: `/usr/sbin` is not in a user's PATH. */
const toolPath = '/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Runs a tool to its end and resolves with what it printed.
 * @throws with its name and its error output when it fails or takes longer than 20 s
 */
export function runTool(name: string, args: readonly string[], input = ''): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = spawn(name, args, {
    env: { PATH: toolPath, LANG: 'C.UTF-8' },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', chunk => output.push(chunk));
  child.stderr.on('data', chunk => errors.push(chunk));
  child.stdin.on('error', () => undefined);
  child.on('error', error =>
    reject(new Error(`${name} could not be run: ${error.message}`, { cause: error })),
  );
  child.on('close', (code, signal) => {
    if (code === 0) return resolve(Buffer.concat(output).toString());
    const said = Buffer.concat(errors).toString().trim().slice(0, 2000);
    reject(new Error(`${name} failed (${signal ?? `exit code ${code}`}): ${said}`));
  });
  child.stdin.end(input);
  return promise;
}
