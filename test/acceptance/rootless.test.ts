/** The same cloud without root: user namespaces instead, and port 22 of a guest at 10022. */

import { chmodSync, chownSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Amity, ssh, sshPort, startAmityAs, temporaryFolder } from '../support/amity.ts';
import { eventually } from '../support/eventually.ts';
import { describe, launch, setStage, untilState } from '../support/guests.ts';
import { endEverything } from '../support/leftovers.ts';

const nobody = 65534;
let folder: string;
let amity: Amity;

/** A /dev/net/tun that everyone may open, as udev makes it, for this server alone; then nobody's rights. */
const asNobody = (place: string) => [
  ...['/usr/bin/unshare', '-m', '/bin/sh', '-c'],
  'mknod "$0" c 10 200 && chmod 0666 "$0" && mount --bind "$0" /dev/net/tun && exec "$@"',
  ...[join(place, 'tun'), '/usr/bin/setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'],
  ...['--no-new-privs', '/usr/bin/env', `HOME=${place}`, 'XDG_RUNTIME_DIR='],
];

beforeAll(() => {
  folder = temporaryFolder('rootless');
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'data'), { mode: 0o700 });
  chownSync(join(folder, 'data'), nobody, nobody);
});

afterAll(async () => {
  await amity?.stop();
  expect(await endEverything(join(folder, 'data'))).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

test.skipIf(process.getuid?.() !== 0)(
  'a guest boots, is let in by its security group, and is ended',
  async () => {
    amity = await startAmityAs(asNobody(folder), join(folder, 'data'), '--regions', 'us-east-1');
    const stage = await setStage(amity);
    const [id] = (await launch(stage)) as [string];
    const { PublicIpAddress } = await describe(stage.ec2, id);
    const said = await eventually('ssh without root', () =>
      ssh(PublicIpAddress!, stage.keyFile, 'sudo id -un'),
    );
    expect(said).toBe('root');
    expect(await sshPort(PublicIpAddress!)).toBe(10022);
    await stage.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    await untilState(stage.ec2, id, 'terminated');
  },
);
