import type { BlockReference, ManifestEntry } from '../../../../domain/manifest.ts';
import type { ManifestFiles } from '../files/manifest-files.ts';
import type { BlockReader } from '../read/block-reader.ts';

interface VerifyProblem {
  snapshotId: string;
  /** Absent where the manifest itself, or a chunk of it, is damaged. */
  index?: number;
  reference?: BlockReference;
  problem: string;
}

export interface VerifyReport {
  manifests: number;
  /** Blocks looked at; one that several manifests list counts for each. */
  blocks: number;
  problems: VerifyProblem[];
}

/**
 * Checks that every block a manifest lists is in the index and in its pack.
 * @param readData also reads, decrypts and hashes every block; without it only the index is asked
 */
export async function verifyBlocks(
  manifests: ManifestFiles,
  reader: Pick<BlockReader, 'read'>,
  isListed: (reference: BlockReference) => boolean,
  { readData = false }: { readData?: boolean } = {},
): Promise<VerifyReport> {
  const report: VerifyReport = { manifests: 0, blocks: 0, problems: [] };

  const verifyEntry = async (snapshotId: string, [index, reference]: ManifestEntry) => {
    report.blocks++;
    try {
      if (readData) await reader.read(reference);
      else if (!isListed(reference)) throw new Error('the index does not list it');
    } catch (error) {
      report.problems.push({ snapshotId, index, reference, problem: (error as Error).message });
    }
    if (!readData && report.blocks % 1_000 === 0) await new Promise(resolve => setImmediate(resolve));
  };
  const verifyManifest = async (snapshotId: string) => {
    const damaged = (error: Error) => {
      report.problems.push({ snapshotId, problem: error.message });
    };
    const manifest = await manifests.open(snapshotId).catch(damaged);
    for (const number of manifest?.chunkNumbers ?? []) {
      const chunk = await Promise.resolve(manifest!.chunk(number)).catch(damaged);
      for (const entry of chunk?.entries() ?? []) await verifyEntry(snapshotId, entry);
    }
    await manifest?.close();
  };

  for (const snapshotId of await manifests.list()) {
    report.manifests++;
    await verifyManifest(snapshotId);
  }
  return report;
}
