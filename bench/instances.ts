/**
 * Instances: DescribeInstances of 10,000; how soon QEMU starts and a volume is seen; what twenty guests read of the store.
 * INSTANCES_PARTS=listing,running,reads chooses.
 */
import { measureListing } from './instances/listing.ts';
import { measureRunning } from './instances/running.ts';
import { measureStoreReads } from './instances/store-reads.ts';
import type { Row } from './row.ts';

const parts: Record<string, () => Promise<Row[]>> = {
  listing: () => measureListing(10_000, Number(process.env.INSTANCES_SECONDS ?? 10)),
  running: measureRunning,
  reads: measureStoreReads,
};

export async function run(): Promise<Row[]> {
  const asked = (process.env.INSTANCES_PARTS ?? Object.keys(parts).join()).split(',');
  const rows: Row[] = [];
  for (const part of asked) {
    const measure = parts[part];
    if (!measure) throw new Error(`INSTANCES_PARTS: ${part} is none of ${Object.keys(parts).join()}`);
    rows.push(...(await measure()));
  }
  return rows;
}
