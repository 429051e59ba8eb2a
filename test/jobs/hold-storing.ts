import type { JobRegion } from './job-region.ts';

/** Stops the storing of blocks before the first one until `go` is called; sessions opened after `release` do not wait. */
export function holdStoring({ blocks }: Pick<JobRegion, 'blocks'>) {
  const reached = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const { openSession } = blocks;
  blocks.openSession = async (...args) => {
    const session = await openSession(...args);
    return {
      ...session,
      async put(...block) {
        reached.resolve();
        await go.promise;
        await session.put(...block);
      },
    };
  };
  const release = () => {
    blocks.openSession = openSession;
  };
  return { reached: reached.promise, go: go.resolve, release };
}
