/**
 * Tokens of the metadata service die after as many hops as the instance allows; all else it answers goes any number, as on
 * AWS, where a container behind a hop limit of 1 may read without a token.
 *
 * What is limited is whatever is not known to be something else: the data of a connection, until the service's own answer
 * begins as none with a token does. Guests have no say in how it begins. How a kernel cuts an answer into packets they do
 * influence, and an answer of which the first packet is too short to tell stays limited.
 */
import type { Endpoint } from '../../domain/vpc-plan-types.ts';
import { metadataAddress, privateAddresses } from './addresses.ts';

/** Of a connection's mark: its answer has no token. The firewall's other mark is of connections that never get here. */
const unlimited = 2;

/** A token's answer has other headers before the server's; what refuses has none. 32 bytes, and 10. */
const server = 'EC2ws';
const beginnings = [`HTTP/1.1 200 OK\r\nserver: ${server}\r\n`, 'HTTP/1.1 4'];

/** The headers of an answer, in the order that says which it is. The service may answer once on a connection. */
export function orderedHeaders(method: string, headers: Record<string, string>): Record<string, string> {
  return method === 'PUT' ? { ...headers, server } : { server, ...headers };
}

/** For the chain of what the namespace sends. */
export const hopLimitJump = `ip saddr ${metadataAddress} tcp sport 80 goto hop-limits`;

/** The rules of the chain `hop-limits`. A TCP header has 5 to 15 words of 4 bytes. */
export function hopLimits(endpoints: readonly Endpoint[]): string[] {
  const headers = Array.from({ length: 11 }, (_, index) => ({ words: index + 5, bytes: 20 + index * 4 }));
  const limits = Map.groupBy(endpoints, one => one.metadata.options.httpPutResponseHopLimit);
  return [
    // A connection begins anew, also where the kernel takes it for one that it remembers.
    'tcp flags & syn == syn ct mark set 0 return',
    `ct mark ${unlimited} return`,
    // Without data: what acknowledges and closes connections.
    ...headers.map(({ words, bytes }) => `tcp doff ${words} ip length ${20 + bytes} return`),
    ...headers.flatMap(({ words, bytes }) =>
      beginnings.map(text => `tcp doff ${words} ${startsWith(text, bytes)} ct mark set ${unlimited} return`),
    ),
    ...[...limits].map(
      ([limit, guests]) => `ip daddr { ${guests.flatMap(privateAddresses).join(', ')} } ip ttl set ${limit}`,
    ),
  ];
}

/** A raw expression of nft(8) compares 16 bytes at most; `offset` is in bytes, from the TCP header's beginning. */
function startsWith(text: string, offset: number): string {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / 16) }, (_, index) => {
    const part = bytes.subarray(index * 16, (index + 1) * 16);
    return `@th,${(offset + index * 16) * 8},${part.length * 8} 0x${part.toString('hex')}`;
  }).join(' ');
}
