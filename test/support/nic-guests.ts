/**
 * Boots two guests, one of which is given a second network interface while it runs and is a router, the other one in a
 * subnet without a way out, and prints, as JSON, what they see of that. A program like two-guests.ts.
 */
import { plugNic, unplugNic } from '../../src/engines/qemu/hot-plug-nic.ts';
import { QmpClient } from '../../src/qmp/client.ts';
import { answers, guestNetwork } from './guest-network.ts';
import { natModules } from './tiny-guest.ts';
import { endpoint, plan, rule, vpcId, withUserData } from './vpc-plans.ts';

const { network, publicAddress, otherPublicAddress, qmpSocket, boot, said, dial, inNamespace, end } =
  await guestNetwork();

const inner = `
echo "outside: $(nc -w 3 198.51.100.1 80 < /dev/null)"
echo "behind: $(nc -w 3 10.8.0.1 7777 < /dev/null)"
echo "name: $(nslookup ip-172-31-20-2.ec2.internal | tail -n +3 | grep Address | sed 's/.*: //')"
echo "metadata: $(get /latest/meta-data/local-ipv4)"
nc -ll -p 22 -e echo inner &
echo closed
until nc -w 3 10.8.0.1 7777 < /dev/null | grep -q answer; do sleep 1; done
echo routed
until nc -w 3 198.51.100.1 80 < /dev/null | grep -q from-outside; do sleep 1; done
echo opened
while nc -w 3 198.51.100.1 80 < /dev/null | grep -q from-outside; do sleep 1; done
echo behind-router
until nc -w 3 198.51.100.1 80 < /dev/null | grep -q from-outside; do sleep 1; done
echo translated; sleep 1000
`;
const router = `
ip addr add 10.8.0.1/32 dev lo
nc -ll -p 7777 -e echo answer &
echo listening
until [ -e /sys/class/net/eth1 ]; do usleep 200000; done
echo "second: $(cat /sys/class/net/eth1/address)"
ip link set eth1 up; udhcpc -i eth1 -s /udhcpc -f -q -n -t 20 -T 1
echo "default-route: $(ip route | grep ^default | sed 's/ *$//')"
ip addr add 172.31.40.9/32 dev eth1
echo asymmetric; nc -l -p 7780 < /dev/null
ip rule add from 172.31.32.0/20 lookup 9; ip route add default via 172.31.32.1 dev eth1 table 9
ip route add 169.254.169.254/32 via 172.31.32.1 dev eth1 src 172.31.40.9
echo "metadata-by-second: $(get /latest/meta-data/local-ipv4)"
echo symmetric; nc -l -p 7780 < /dev/null
until [ ! -e /sys/class/net/eth1 ]; do usleep 200000; done
echo "metadata-after: $(get /latest/meta-data/local-ipv4)"
echo unplugged; nc -l -p 7780 < /dev/null
ip addr add 10.9.9.9/32 dev lo; ip route add 172.31.20.1/32 via 172.31.16.1 src 10.9.9.9
nc -w 3 172.31.20.1 22 < /dev/null
echo borrowed; nc -l -p 7780 < /dev/null
load ${natModules.join(' ')}
nft add table ip nat
nft add chain ip nat out '{ type nat hook postrouting priority srcnat; }'
nft add rule ip nat out ip daddr != 172.31.0.0/16 masquerade
echo 1 > /proc/sys/net/ipv4/ip_forward
echo translating; sleep 1000
`;

/** Follows a connection in the name of 10.9.9.9, which lies behind the host: its questions, answers, and answers that leave. */
const borrowProbe = `table ip probe {
chain in { type filter hook prerouting priority -310; ip saddr 10.9.9.9 counter; ip daddr 10.9.9.9 counter; }
chain out { type filter hook postrouting priority 310; oifname "tapout" ip daddr 10.9.9.9 counter; }; }`;

try {
  const two = withUserData(
    endpoint(2, {
      publicIpAddress: publicAddress,
      ingress: [rule('tcp', 7777), rule('tcp', 7780), rule('tcp', 80, '172.31.20.1/32')],
    }),
    router,
  );
  const second = endpoint(3, {
    ...{ instanceId: two.instanceId, deviceIndex: 1, metadata: two.metadata },
    ...{ privateIpAddress: '172.31.40.3', subnetCidrBlock: '172.31.32.0/20', ingress: two.ingress },
    secondaryAddresses: [{ privateIpAddress: '172.31.40.9', publicIpAddress: otherPublicAddress }],
  });
  const one = withUserData(
    endpoint(1, {
      ...{ hasInternet: false, publicIpAddress: otherPublicAddress, ingress: [rule('tcp', 22)] },
      routes: [{ cidr: '10.8.0.0/16', networkInterfaceId: two.networkInterfaceId }],
    }),
    inner,
  );
  await network.apply(plan(one, two));
  await boot(two);
  await said(two, 'listening');
  await boot(one);

  await network.apply(plan(one, two, second));
  const qmp = await QmpClient.connect(qmpSocket(two));
  const nic = await network.nic(vpcId, second.networkInterfaceId);
  await plugNic(qmp, nic);
  await said(two, 'asymmetric');
  const asymmetric = await dial(7777, otherPublicAddress);
  await dial(7780);
  await said(two, 'symmetric');
  const symmetric = await dial(7777, otherPublicAddress);
  await dial(7780);
  const unplugged = await unplugNic(qmp, second.networkInterfaceId, { timeoutMs: 20_000, force: false });
  qmp.close();
  await network.apply(plan(one, two));
  const seenByTwo = answers(await said(two, 'unplugged'));

  await said(one, 'closed');
  const ssh = network.publicPort(22);
  const closed = await dial(ssh, otherPublicAddress);
  const opened = { ...two, sourceDestCheck: false };
  await network.apply(plan(one, opened));
  await said(one, 'routed');
  await network.apply(plan({ ...one, hasInternet: true }, opened));
  const seenByOne = answers(await said(one, 'opened'));
  const open = await dial(ssh, otherPublicAddress);

  // An answer to a borrowed address must not leave the VPC as what belongs to a connection.
  await inNamespace(one, 'nft', borrowProbe);
  await dial(7780);
  await said(two, 'borrowed');
  const counted = await inNamespace(one, 'nft', 'list', 'table', 'ip', 'probe');
  const [asked, answered, escaped] = Array.from(counted.matchAll(/packets (\d+)/g), ([, n]) => Number(n));
  const borrowed = [asked! > 0, answered! > 0, escaped];

  // The router is the way out of a subnet that has none of its own.
  const routes = [{ cidr: '0.0.0.0/0', networkInterfaceId: two.networkInterfaceId }];
  await network.apply(plan({ ...one, hasInternet: false, routes }, opened));
  await said(one, 'behind-router');
  await dial(7780);
  await said(two, 'translating');
  const translated = /\ntranslated/.test(await said(one, 'translated'));

  console.log(
    JSON.stringify({
      translated,
      borrowed,
      seenByOne,
      seenByTwo,
      asymmetric,
      symmetric,
      unplugged,
      closed,
      open,
    }),
  );
} finally {
  await end();
}
