/** The public face: one port that serves every service and region to signed requests. */
import type { Edge, EdgeOptions } from './edge-interface.ts';
import { requestHandler } from './handler.ts';
import { createHttpServer } from './http.ts';

export function createEdge(options: EdgeOptions): Edge {
  return createHttpServer(requestHandler(options));
}
