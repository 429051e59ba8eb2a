/** Lets requests run between two steps. */
export function breathe(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
