/** Serves 169.254.169.254:80 in the namespace. The firewall vouches that a guest's source address is its own. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Endpoint } from '../../../domain/vpc-plan-types.ts';
import { answerMetadata, refuse } from '../../../protocols/imds/handler.ts';
import { tokenBook } from '../../../protocols/imds/token-book.ts';
import { orderedHeaders } from '../hop-limits.ts';
import { guestLimits } from './guest-limits.ts';

/** @param endpointOf the first network interface of the guest that has an address now */
export function metadataServer(
  endpointOf: (address: string) => Endpoint | undefined,
  limits = guestLimits(),
): Server {
  const tokens = tokenBook(() => randomBytes(42).toString('base64url'));
  const answered = new WeakSet<Socket>();
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const endpoint = endpointOf(request.socket.remoteAddress ?? '');
    if (!endpoint) return request.socket.destroy();
    // One answer for each connection, as of AWS's service: the hop limit relies on no token being behind another answer.
    // (Node's maxRequestsPerSocket counts no requests of HTTP/1.0.)
    if (answered.has(request.socket)) return;
    answered.add(request.socket);
    // No request has a body of use: what comes is thrown away.
    request.resume();
    const { method = '', url: path = '', headers } = request;
    const {
      status,
      headers: sent,
      body,
    } = limits.admitRequest(endpoint.instanceId, performance.now())
      ? answerMetadata({ method, path, headers }, endpoint, tokens, Date.now())
      : refuse(429);
    response.writeHead(status, { ...orderedHeaders(method, sent), connection: 'close' });
    response.end(body);
  };
  const server = createServer(
    {
      maxHeaderSize: 8192,
      headersTimeout: 5_000,
      requestTimeout: 10_000,
      connectionsCheckingInterval: 2_000,
    },
    answer,
  );
  server.setTimeout(15_000, socket => socket.destroy());
  server.on('connection', socket => {
    const guest = endpointOf(socket.remoteAddress ?? '')?.instanceId;
    if (!guest || !limits.openConnection(guest)) return socket.destroy();
    socket.once('close', () => limits.closeConnection(guest));
  });
  return server;
}
