import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Call, ec2Caller } from './client.ts';
import type { Crowd } from './images.ts';

export interface ControlPlaneReady {
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** The account of the key, and the one of Amazon's images. */
  caller: string;
  amazon: string;
  /** The time the images are as old as they are at. */
  now: string;
}

/** Starts `control-plane-server.ts`: all of the server but guests, disks and networks, which are only rows in it. */
export async function controlPlane(
  folder: string,
  images: number,
): Promise<{ call: Call; count: number; crowd: Crowd; close(): Promise<void> }> {
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
    count: images,
    crowd: { caller: ready.caller, amazon: ready.amazon, now: new Date(ready.now) },
    async close() {
      close();
      server.stdin.end();
      await exited;
    },
  };
}
