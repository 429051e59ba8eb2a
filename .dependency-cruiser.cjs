/** The import arrow of docs/architecture.md: protocols → operations → jobs → domain; only main.ts knows implementations. */
const implementations = '^src/(stores/(blocks|records)|disks|engines|networks|imports|identity|processes)/';
const interfaces =
  '^src/(stores/blocks/block-store|stores/records/database|disks/disk|engines/engine|networks/network|imports/importer|identity/identity-signer)\\.ts$';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-is-pure',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: '^src/domain/' },
    },
    {
      name: 'inspection-knows-values-only',
      severity: 'error',
      from: { path: '^src/inspection/' },
      to: { pathNot: ['^src/(inspection|domain)/', '^zlib$'] },
    },
    {
      name: 'operations-and-jobs-see-interfaces',
      severity: 'error',
      from: { path: '^src/(operations|jobs)/' },
      to: { path: implementations, pathNot: interfaces },
    },
    {
      name: 'jobs-do-not-know-operations',
      severity: 'error',
      from: { path: '^src/jobs/' },
      to: { path: '^src/(operations|protocols)/' },
    },
    {
      name: 'operations-do-not-know-protocols',
      severity: 'error',
      from: { path: '^src/operations/' },
      to: { path: '^src/protocols/' },
    },
    {
      name: 'implementations-do-not-look-up',
      severity: 'error',
      from: { path: implementations },
      to: { path: '^src/(operations|main|config)' },
    },
    {
      name: 'clients-use-the-public-api',
      severity: 'error',
      from: { path: '^(cli|console)/' },
      to: { path: '^src/', pathNot: '^src/(main|config|maintenance|log)\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: false,
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.json'] },
  },
};
