import { runTool } from './tool.ts';

/** Who makes the namespaces: root, or a user in a user namespace of their own. */
export type NamespaceMode = 'rootful' | 'rootless';

/** Put before a command to run it in a new network namespace. */
export const newNamespace: Readonly<Record<NamespaceMode, readonly string[]>> = {
  rootful: ['/usr/bin/unshare', '-n', '--'],
  rootless: ['/usr/bin/unshare', '-Urn', '--'],
};

/** Put before a command to run it in the network namespace where a process is. */
export function enterNamespace(mode: NamespaceMode, pid: number): string[] {
  const user = mode === 'rootless' ? ['-U', '--preserve-credentials'] : [];
  return ['/usr/bin/nsenter', ...user, '-n', '-t', String(pid)];
}

/**
 * Which mode works here, found by making a namespace with a tap and a firewall in it.
 * @throws with the remedy when none does
 */
export async function detectMode(isRoot = process.getuid?.() === 0): Promise<NamespaceMode> {
  const failures: string[] = [];
  for (const mode of isRoot ? (['rootful', 'rootless'] as const) : (['rootless'] as const)) {
    const failure = await tryMode(mode);
    if (!failure) return mode;
    failures.push(failure);
  }
  throw new Error(remedy(failures.join('; ')));
}

const trial = `ip tuntap add dev vm0 mode tap &&
nft 'table inet amity { chain forward { type filter hook forward priority filter; policy drop; ct state established accept; }; }'`;

async function tryMode(mode: NamespaceMode): Promise<string | undefined> {
  const [program = '', ...args] = newNamespace[mode];
  try {
    await runTool(program, [...args, '/bin/sh', '-c', trial]);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

export function remedy(failure: string): string {
  const need = 'Guests need a network namespace';
  if (/not found|ENOENT/.test(failure))
    return `${need}, and a tool for it is missing: install iproute2, nftables and util-linux (${failure})`;
  if (/open: (Permission denied|No such file)/.test(failure))
    return `${need} with a tap, and /dev/net/tun cannot be opened: load the module tun and run \`chmod 0666 /dev/net/tun\`, as udev does (${failure})`;
  return `${need}, and this user may make none: allow user namespaces (\`sysctl kernel.unprivileged_userns_clone=1\`, on Ubuntu \`sysctl kernel.apparmor_restrict_unprivileged_userns=0\`) or run as root (${failure})`;
}
