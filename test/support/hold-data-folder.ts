import { openDataFolder } from '../../src/stores/data-folder.ts';

/** A program that opens the data folder it is told, says so, and holds it until it is killed. */
await openDataFolder(process.argv[2]!);
process.stdout.write('open\n');
setInterval(() => {}, 60_000);
