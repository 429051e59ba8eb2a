import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup } from 'node:dns/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import { isIP } from 'node:net';
import { ImportRefused } from './importer.ts';

const mostRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * Asks for a URL and answers the response that brings its bytes. Every address is checked when it is connected to, also
 * after a redirect, so that no name can lead to a forbidden one.
 * @throws ImportRefused, or what the network fails with
 */
export async function requestFile(
  text: string,
  options: { mayReach(address: string): boolean; signal: AbortSignal; idleTimeout: number },
): Promise<http.IncomingMessage> {
  let url = new URL(text);
  for (let hops = 0; hops <= mostRedirects; hops++) {
    const response = await request(url, options);
    const { statusCode = 0, headers } = response;
    if (!redirects.has(statusCode)) return accepted(response);
    response.destroy();
    const next = headers.location === undefined ? null : URL.parse(headers.location, url.href);
    if (next?.protocol !== 'https:' && next?.protocol !== 'http:')
      throw new ImportRefused('The server redirects to what is no http:// or https:// URL.');
    if (url.protocol === 'https:' && next.protocol === 'http:')
      throw new ImportRefused('The server redirects from https:// to http://.');
    url = next;
  }
  throw new ImportRefused(`The server redirects more than ${mostRedirects} times.`);
}

function accepted(response: http.IncomingMessage): http.IncomingMessage {
  const { statusCode = 0, headers } = response;
  const encoding = headers['content-encoding'] ?? 'identity';
  if (statusCode === 200 && encoding === 'identity') return response;
  response.destroy();
  // A server in trouble may recover: the caller tries again.
  if (statusCode >= 500) throw new Error(`The server answered ${statusCode}.`);
  throw new ImportRefused(
    statusCode === 200
      ? `The server packs the file as ${JSON.stringify(encoding.slice(0, 40))}, which was not asked for.`
      : `The server answered ${statusCode}.`,
  );
}

function request(
  url: URL,
  { mayReach, signal, idleTimeout }: Parameters<typeof requestFile>[1],
): Promise<http.IncomingMessage> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) && !mayReach(host)) throw forbidden(host);
  return new Promise((resolve, reject) => {
    const asked = (url.protocol === 'https:' ? https : http).request(url, {
      agent: false,
      headers: { 'user-agent': 'amity', accept: '*/*', 'accept-encoding': 'identity' },
      signal,
      timeout: idleTimeout,
      lookup: reachableOnly(mayReach),
    });
    let came: http.IncomingMessage | undefined;
    asked.on('timeout', () => {
      const silence = new Error(`Nothing came for ${idleTimeout / 1000} s.`);
      came?.destroy(silence);
      asked.destroy(silence);
    });
    asked.on('error', reject);
    asked.on('response', response => {
      came = response;
      // The socket is checked too, should a name ever get past the lookup.
      if (mayReach(response.socket.remoteAddress ?? '')) return resolve(response);
      response.destroy();
      reject(forbidden(host));
    });
    asked.end();
  });
}

/** The lookup of a connection that leaves only addresses it may go to. */
function reachableOnly(mayReach: (address: string) => boolean) {
  return (
    hostname: string,
    options: LookupOptions,
    done: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
  ): void => {
    lookup(hostname, { ...options, all: true }).then(
      found => {
        const reachable = found.filter(({ address }) => mayReach(address));
        const [first] = reachable;
        if (!first) done(found.length ? forbidden(hostname) : new Error('has no address'), []);
        else if (options.all) done(null, reachable);
        else done(null, first.address, first.family);
      },
      error => done(error, []),
    );
  };
}

const forbidden = (host: string) =>
  new ImportRefused(
    `${host} is at an address imports may not reach. The operator can allow it with --import-allow.`,
  );
