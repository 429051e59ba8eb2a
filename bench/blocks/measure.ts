import { performance } from 'node:perf_hooks';

/** Wall and processor time of a piece of work, and the most memory this process ever held. */
export async function measured(work: () => Promise<unknown>) {
  const before = process.cpuUsage();
  const loop = performance.eventLoopUtilization();
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(before);
  return {
    seconds: rounded(seconds),
    cpuSeconds: rounded((user + system) / 1e6),
    mainThread: rounded(performance.eventLoopUtilization(loop).utilization),
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1_024),
  };
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
