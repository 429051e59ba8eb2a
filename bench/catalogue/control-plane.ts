import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Call, ec2Caller } from './client.ts';

export interface ControlPlaneReady {
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Starts `control-plane-server.ts`: all of the server but guests, disks and networks, which are only rows in it. */
export async function controlPlane(
  folder: string,
  images: number,
): Promise<{ call: Call; close(): Promise<void> }> {
  const program = new URL('./control-plane-server.ts', import.meta.url).pathname;
  const server = spawn(process.execPath, [program, folder, String(images)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(server, 'exit');
  const [line] = await once(createInterface({ input: server.stdout }), 'line');
  const ready = JSON.parse(line) as ControlPlaneReady;
  const { call, close } = ec2Caller(ready.endpoint, ready);
  return {
    call,
    async close() {
      close();
      server.kill();
      await exited;
    },
  };
}
