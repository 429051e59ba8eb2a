/**
 * Boots two guests in one subnet of one VPC, beside another VPC, and prints, as JSON, what they and the host could reach.
 * Run as a program of its own, so that a test can run it as root and as nobody (see guest-network.ts). Its host has
 * 198.51.100.1 and 10.9.9.9 for neighbours, which answer on port 80.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { answers, guestNetwork } from './guest-network.ts';
import { endpoint, plan, rule, vpcId, withUserData } from './vpc-plans.ts';

const { network, processes, reports, publicAddress, boot, said, dial, inNamespace, end } =
  await guestNetwork();

const hostAddresses = Object.values(networkInterfaces())
  .flatMap(one => one ?? [])
  .filter(one => one.family === 'IPv4' && one.address !== '127.0.0.1')
  .map(one => one.address);
/** A service of the host that no guest may reach, as the API is one. */
let reachedHost = 0;
const hostService = createServer(socket => {
  reachedHost++;
  socket.on('error', () => undefined);
  socket.end('host');
}).listen(0, '0.0.0.0');
await once(hostService, 'listening');
const hostPort = (hostService.address() as { port: number }).port;

const otherVpcId = 'vpc-0fedcba9876543210';
const otherCidrBlock = '10.77.0.0/16';
const stranger = endpoint(5, { privateIpAddress: '10.77.1.5', subnetCidrBlock: '10.77.1.0/24' });

/** Where nothing of a guest may get to, each with a service behind it as far as there can be one. */
const forbidden = [
  ...hostAddresses.map(address => `${address} ${hostPort}`),
  ...['169.254.77.2', '10.0.2.2', '10.0.2.15'].map(address => `${address} ${hostPort}`),
  ...['169.254.77.100 80', '169.254.169.123 80', '169.254.170.2 80', '172.31.16.1 80', '172.31.20.77 7777'],
  ...['10.77.1.5 7777', '10.77.1.1 7777', '10.9.9.9 80', '169.254.169.253 80', '172.31.0.2 53'],
  // The host's loopback itself, to which the guest has to be talked into sending.
  ...[`127.0.0.5 ${hostPort}`, `${publicAddress} ${network.publicPort(22)}`],
];

const server = `
export token
cat > /tmp/ask << 'END'
printf "GET /latest/meta-data/local-ipv4 HTTP/1.0\\r\\nX-aws-ec2-metadata-token: $token\\r\\n\\r\\n" |
nc -w 20 169.254.169.254 80 | tail -n 1
END
for port in 7777 7778; do nc -ll -p $port -e echo answer-$port & done
nc -ll -p 22 -e sh -c 'echo guest-two' &
nc -ll -p 7779 -e sh /tmp/ask &
echo listening; sleep 1000
`;
const client = `
echo "metadata: $(get /latest/meta-data/local-ipv4)"
echo "without-token: $(http GET /latest/meta-data/ '' | head -n 1)"
echo "allowed: $(nc -w 3 172.31.20.2 7777 < /dev/null)"
echo "refused-by-group: $(nc -w 3 172.31.20.2 7778 < /dev/null)"
echo "outside: $(nc -w 5 198.51.100.1 80 < /dev/null)"
echo "ping-router: $(ping -c 1 -W 3 172.31.16.1 | grep -c '1 packets received')"
echo "name: $(nslookup ip-172-31-20-2.ec2.internal | tail -n +3 | grep Address | sed 's/.*: //')"
echo "name-of-address: $(nslookup 172.31.20.2 169.254.169.253 | grep -o 'name = .*')"

ip addr add 172.31.20.9/32 dev eth0
echo "forged-ping: $(ping -c 1 -W 3 -I 172.31.20.9 172.31.16.1 | grep -c '1 packets received')"
ip addr del 172.31.20.9/32 dev eth0

for name in all lo eth0; do echo 1 > /proc/sys/net/ipv4/conf/$name/route_localnet; done
ip rule add pref 100 to 127.0.0.5 lookup 9; ip rule add pref 100 to ${publicAddress} lookup 9
ip rule add pref 200 lookup local; ip rule del pref 0
ip route add default via 172.31.16.1 dev eth0 src 172.31.20.1 table 9
echo "loopback-leaves: $(ip route get 127.0.0.5 | grep -o 'dev eth.')"
echo "$forbidden" | { while read place; do
  echo "$place $(nc -w 5 $place < /dev/null)" > "/tmp/reached-$place" &
done; wait; }
echo "reached: $(cat /tmp/reached-* | grep -c .) tried,$(cat /tmp/reached-* | grep -v '[0-9] $' | tr '\\n' ',')"
ip rule add pref 0 lookup local; ip rule del pref 100; ip rule del pref 100

# The neighbour's and the router's addresses, claimed.
for address in 172.31.20.2 172.31.16.1; do
  ip addr add $address/32 dev eth0; arping -c 2 -w 3 -U -I eth0 -s $address $address > /dev/null; arping -c 2 -w 3 -A -I eth0 -s $address $address > /dev/null
done
# And others', in questions to the router, which would note who asks.
for n in $(seq 200 204); do ip addr add 172.31.20.$n/32 dev eth0; arping -c 1 -w 1 -I eth0 -s 172.31.20.$n 172.31.16.1 > /dev/null; ip addr del 172.31.20.$n/32 dev eth0; done
nc -l -p 22 -e echo thief & thief=$!
echo claimed; until [ -e /tmp/later ]; do nc -w 3 198.51.100.1 80 > /tmp/answer; grep -q from-outside /tmp/answer && touch /tmp/later; done
kill $thief; for address in 172.31.20.2 172.31.16.1; do ip addr del $address/32 dev eth0; done

# The neighbour's MAC address, then its own again.
ip link set eth0 down; ip link set eth0 address 02:00:00:00:00:02; ip link set eth0 up; ip route add default via 172.31.16.1
echo "forged-mac: $(ping -c 1 -W 3 172.31.16.1 | grep -c '1 packets received')"
ip link set eth0 down; ip link set eth0 address 02:00:00:00:00:01; ip link set eth0 up; ip route add default via 172.31.16.1

for i in $(seq 50); do { sleep 60 | nc 169.254.169.254 80 > /dev/null; } & done
for i in 1 2 3; do while [ ! -e /tmp/calm ]; do http GET / '' > /dev/null; done & done
sleep 1
echo "neighbour-during-flood: $(nc -w 20 172.31.20.2 7779 < /dev/null)"
touch /tmp/calm
echo asked; sleep 1000
`;

/** Counts the metadata service's answers with a token, whose first header is another than those of others, then the others: by how far they may go. */
const answerWith = (header: string) =>
  ['ip ttl 1', 'ip ttl != 1'].map(
    ttl =>
      `ip saddr 169.254.169.254 ${ttl} tcp doff 8 @th,384,64 0x${Buffer.from(`\n${header}`).toString('hex')} counter`,
  );
const hopProbe = `table ip probe { chain count { type filter hook postrouting priority 300;
${[...answerWith('content'), ...answerWith('server:')].join('\n')}
}; }`;

try {
  const two = withUserData(
    endpoint(2, {
      publicIpAddress: publicAddress,
      ingress: [
        ...[rule('tcp', 22), rule('tcp', 8081)],
        ...[7777, 7779].map(port => rule('tcp', port, '172.31.20.1/32')),
      ],
    }),
    server,
  );
  const one = withUserData(endpoint(1), `forbidden='${forbidden.join('\n')}'\n${client}`);
  await network.apply({ vpcId: otherVpcId, cidrBlock: otherCidrBlock, endpoints: [stranger] });
  await network.apply(plan(two));
  await boot(two);
  await network.apply(plan(one, two));
  await said(two, 'listening');
  await inNamespace(two, 'nft', hopProbe);
  await boot(one);
  const ssh = network.publicPort(22);
  await said(one, 'claimed');
  const whileClaimed = await dial(ssh);
  const { tap } = await network.nic(vpcId, one.networkInterfaceId);
  const neighbours = await inNamespace(two, 'ip', '-4', 'neigh', 'show', 'dev', tap);
  const heard = await said(one, 'asked');
  const outcome = {
    mode: network.mode,
    lease: /lease: (.*)\r/.exec(heard)?.[1],
    guest: answers(heard),
    forbidden: forbidden.length,
    hostAddresses: hostAddresses.length,
    reachedHost,
    /** How many answers with a token had one hop to live, how many another number; then of those without. */
    hops: Array.from(
      (await inNamespace(two, 'nft', 'list', 'table', 'ip', 'probe')).matchAll(/packets (\d+)/g),
      match => Number(match[1]),
    ),
    sshPort: ssh,
    whileClaimed,
    neighbours: Array.from(neighbours.matchAll(/^[\d.]+(?= lladdr)/gm), match => match[0]),
    publicAnswer: await dial(ssh),
    closedPort: await dial(8081),
    reachable: await network.isReachable(vpcId, two.instanceId),
    reachableWithoutService: await network.isReachable(vpcId, one.instanceId),
    // A holder that dies while its guests live comes back into their namespace.
    afterHolderDied: await (async () => {
      process.kill(processes.find(`holder-${vpcId}`)!.pid, 'SIGKILL');
      await processes.exited(`holder-${vpcId}`);
      await network.apply(plan(one, two));
      return [await network.isReachable(vpcId, two.instanceId), await dial(ssh)];
    })(),
    afterSlirpDied: await (async () => {
      process.kill(processes.find(`slirp-${vpcId}`)!.pid, 'SIGKILL');
      await processes.exited(`slirp-${vpcId}`);
      await network.apply(plan(one, two));
      return dial(ssh);
    })(),
    afterRevoke: await (async () => {
      await network.apply(plan(one, { ...two, ingress: [] }));
      return dial(ssh);
    })(),
    listed: await network.list(),
    reports,
  };
  console.log(JSON.stringify(outcome));
} finally {
  hostService.close();
  await end();
}
