/** What one guest may ask of the metadata service, so that a guest which floods it harms only itself. */
export interface GuestLimits {
  /** False when the guest has as many connections open as it may. */
  openConnection(guest: string): boolean;
  closeConnection(guest: string): void;
  /** False when the guest asks faster than it may: a bucket of `burst` requests refilled at `perSecond`. */
  admitRequest(guest: string, nowMs: number): boolean;
}

export function guestLimits({ connections = 32, perSecond = 200, burst = 400 } = {}): GuestLimits {
  const open = new Map<string, number>();
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    openConnection(guest) {
      const count = open.get(guest) ?? 0;
      if (count >= connections) return false;
      open.set(guest, count + 1);
      return true;
    },
    closeConnection(guest) {
      const count = (open.get(guest) ?? 0) - 1;
      if (count > 0) open.set(guest, count);
      else open.delete(guest);
    },
    admitRequest(guest, nowMs) {
      const { left, at } = buckets.get(guest) ?? { left: burst, at: nowMs };
      const now = Math.min(burst, left + ((nowMs - at) / 1000) * perSecond);
      buckets.set(guest, { left: now < 1 ? now : now - 1, at: nowMs });
      return now >= 1;
    },
  };
}
