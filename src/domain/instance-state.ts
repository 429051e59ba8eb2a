import type { StateReason } from './image.ts';
import type { Instance, InstanceState } from './instance.ts';

export type InstanceAction = 'start' | 'stop' | 'reboot' | 'terminate';

/**
 * What a request does to an instance in each state: the state it enters, `same` where the request succeeds and changes
 * nothing; a state that is missing refuses the request (spec C.11, D.2).
 */
export const instanceActions: Readonly<
  Record<InstanceAction, Partial<Record<InstanceState, InstanceState | 'same'>>>
> = {
  start: { stopped: 'pending', pending: 'same', running: 'same' },
  stop: { running: 'stopping', stopping: 'same', stopped: 'same' },
  reboot: { running: 'running', 'shutting-down': 'same', terminated: 'same' },
  terminate: {
    pending: 'shutting-down',
    running: 'shutting-down',
    stopping: 'shutting-down',
    stopped: 'shutting-down',
    'shutting-down': 'same',
    terminated: 'same',
  },
};

/** States of instances that hold their addresses and volumes: see `isLive`. */
export const liveStates: readonly InstanceState[] = [
  'pending',
  'running',
  'shutting-down',
  'stopping',
  'stopped',
];

/** States of instances whose guest may be running: see `isPoweredOn`. */
export const poweredOnStates = liveStates.filter(state => state !== 'stopped');

/** Whether an instance holds its private address and volumes: all but a terminated one. */
export function isLive(instance: Instance): boolean {
  return instance.state !== 'terminated';
}

/** Whether a guest may be running: it needs its place in the VPC. */
export function isPoweredOn(instance: Instance): boolean {
  return instance.state !== 'terminated' && instance.state !== 'stopped';
}

/** A terminated instance stays visible for an hour. */
export function isVisible(instance: Instance, now: Date): boolean {
  return (
    instance.terminatedTime === undefined || now.getTime() - Date.parse(instance.terminatedTime) < 3_600_000
  );
}

export const pendingReason: StateReason = { code: 'pending', message: 'pending' };
const userShutdown: StateReason = {
  code: 'Client.UserInitiatedShutdown',
  message: 'Client.UserInitiatedShutdown: User initiated shutdown',
};

/** `User initiated (2026-05-10 13:17:12 GMT)` */
function userInitiated(now: Date): string {
  return `User initiated (${now.toISOString().slice(0, 19).replace('T', ' ')} GMT)`;
}

/** The instance started again: everything of its own is kept. */
export function started(instance: Instance, now: Date): Instance {
  return {
    ...instance,
    state: 'pending',
    stateReason: pendingReason,
    stateTransitionReason: '',
    launchTime: now.toISOString(),
    health: 'initializing',
    healthSince: now.toISOString(),
  };
}

/** The instance on its way down at its owner's request. */
export function goingDown(
  instance: Instance,
  state: 'stopping' | 'shutting-down',
  now: Date,
  stateReason = userShutdown,
): Instance {
  return { ...instance, state, stateReason, stateTransitionReason: userInitiated(now) };
}
