import { defineConfig } from 'vitest/config';

/** `unit` needs only Node; `system` starts QEMU, PostgreSQL and namespaces; `full` adds the slow Debian image. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['test/**/*.test.ts'],
          exclude: ['test/system/**', 'test/acceptance/**'],
          testTimeout: 90_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'system',
          sequence: { groupOrder: 1 },
          include: ['test/system/**/*.test.ts', 'test/acceptance/**/*.test.ts'],
          exclude: ['test/**/*.full.test.ts'],
          // Guests under TCG keep a processor busy each: more at a time would only be slower, and miss deadlines.
          maxWorkers: 2,
          testTimeout: 400_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'full',
          sequence: { groupOrder: 2 },
          include: ['test/**/*.full.test.ts'],
          fileParallelism: false,
          testTimeout: 1_200_000,
          hookTimeout: 1_200_000,
        },
      },
    ],
  },
});
