/** What the server and a holder say to each other: one JSON text each way per connection. */
import { askOverSocket } from './line-socket.ts';
import { parseVpcState, type VpcState } from './vpc-state.ts';

export type HolderRequest =
  | { method: 'apply'; state: VpcState }
  | { method: 'reachable'; instanceId: string }
  | { method: 'status' };

/** Counts up when holders are told something they did not know before: one of another version is replaced. */
export const holderVersion = 2;

export interface HolderStatus {
  vpcId: string;
  /** Absent in the first version. */
  version?: number;
  /** Whether slirp4netns has its interface in the namespace. */
  outbound: boolean;
}

/** @throws an Error saying what is wrong */
export function parseHolderRequest(text: string): HolderRequest {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || !('method' in value))
    throw new Error('no method is given');
  if (value.method === 'status') return { method: 'status' };
  if (value.method === 'reachable' && 'instanceId' in value && typeof value.instanceId === 'string')
    return { method: 'reachable', instanceId: value.instanceId };
  if (value.method === 'apply' && 'state' in value)
    return { method: 'apply', state: parseVpcState(value.state) };
  throw new Error('the method is unknown or its arguments are missing');
}

/** A holder, as seen from the server. */
export interface HolderClient {
  apply(state: VpcState): Promise<void>;
  reachable(instanceId: string): Promise<boolean>;
  status(): Promise<HolderStatus>;
}

export function holderClient(socketPath: string): HolderClient {
  const ask = async <T>(request: HolderRequest, deadlineMs: number): Promise<T> => {
    const text = await askOverSocket(socketPath, JSON.stringify(request), deadlineMs);
    const answer = JSON.parse(text) as { result: T } | { error: string };
    if ('error' in answer) throw new Error(`the network holder refused ${request.method}: ${answer.error}`);
    return answer.result;
  };
  return {
    apply: state => ask({ method: 'apply', state }, 30_000),
    reachable: instanceId => ask({ method: 'reachable', instanceId }, 10_000),
    status: () => ask({ method: 'status' }, 5_000),
  };
}
