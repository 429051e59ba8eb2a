/** The command line. Each command's file is loaded when it is called, so that none waits for another's imports. */
import { Command, Option } from 'commander';
import { sentence } from './errors.ts';

const program = new Command('amity')
  .description('The Amazon Machine Image life cycle for real, on your own hardware, behind the EC2 API')
  .enablePositionalOptions()
  .showHelpAfterError('(--help lists what is possible)');

const json = () => new Option('--json', 'print JSON for programs');
const data = () => new Option('--data <dir>', 'the data folder').env('AMITY_DATA').default('./data');
/** Clients take the server of AWS_ENDPOINT_URL, unless a data folder is named. */
const server = () =>
  new Option('--data <dir>', 'use the server of this data folder (default: AWS_ENDPOINT_URL, else ./data)');
const region = () => new Option('--region <name>', 'the region (default: AWS_REGION, else the first)');
const account = () =>
  new Option('--account <id>', 'act as this account of the data folder: an id, a name or an alias');

const listening = (command: Command) =>
  command
    .addOption(data())
    .option('--listen <host:port>', 'address of the API; port 0 picks a free one', '127.0.0.1:8773')
    .option('--regions <names>', 'regions, separated by commas', 'us-east-1,eu-west-1')
    .option('--records <url>', 'a postgres:// URL (default: SQLite in the data folder)')
    .option('--blocks <url>', 's3://bucket/prefix?endpoint=https://host (default: the data folder)')
    .option('--blocks-credentials <file>', 'its access key (default: AMITY_BLOCKS_ACCESS_KEY_ID …)')
    .option('--public-network <cidr>', 'the /16 of 127/8 for public addresses (default: 127.77.0.0/16)')
    .option('--import-allow <cidrs>', 'private networks disks may be imported from, separated by commas')
    .addOption(
      new Option('--accelerator <name>', 'how guests run (default: what works)').choices([
        'auto',
        'kvm',
        'tcg',
      ]),
    )
    .option('--organizations <file>', 'a JSON file that says which accounts are in which organization')
    .addOption(
      new Option(
        '--image-block-public-access <state>',
        'for accounts that have not chosen (default: block-new-sharing)',
      ).choices(['block-new-sharing', 'unblocked']),
    )
    .addOption(json());

listening(program.command('serve').description('run the server in the foreground')).action(async options =>
  (await import('./commands/serve.ts')).serve(options),
);

listening(program.command('up').description('run the server with a first image, and say how to use it'))
  .option('-y, --yes', 'install what is missing without asking')
  .option('--no-image', 'do not build the tiny image')
  .action(async options => (await import('./commands/up.ts')).up(options));

const accounts = program.command('account').description('accounts of a data folder');
accounts
  .command('create')
  .description('make an account and its access key')
  .requiredOption('--name <name>', 'what to call it')
  .addOption(data())
  .addOption(json())
  .action(async options => (await import('./commands/account.ts')).accountCreate(options));
accounts
  .command('list')
  .description('list the accounts')
  .addOption(data())
  .addOption(json())
  .action(async options => (await import('./commands/account.ts')).accountList(options));

program
  .command('doctor')
  .description('check what this machine offers, and say how to mend what is missing')
  .addOption(data())
  .option('--listen <host:port>', 'the address the server is to listen on', '127.0.0.1:8773')
  .option('--blocks <url>', 'the bucket the server is to keep blocks in (default: AMITY_BLOCKS)')
  .option('--blocks-credentials <file>', 'its access key (default: AMITY_BLOCKS_ACCESS_KEY_ID …)')
  .addOption(json())
  .action(async options => (await import('./commands/doctor.ts')).doctor(options));

program
  .command('fsck')
  .description('check the stored blocks of a data folder that no server uses, and say exactly what is lost')
  .addOption(data())
  .option('--region <name>', 'only this region (default: all)')
  .option('--records <url>', 'a postgres:// URL (default: SQLite in the data folder)')
  .option('--read-data', 'also read, decrypt and hash every block')
  .option('--repair', 'mend what has a second copy: index, packs, blocks')
  .addOption(json())
  .addHelpText(
    'after',
    '\nExits with 0 when nothing is wrong (any more), 1 when it could not be checked, 2 when something is\ndamaged but no snapshot has lost anything, 3 when one has.',
  )
  .action(async options => (await import('./commands/fsck.ts')).fsck(options));

program
  .command('image')
  .description('images made here')
  .command('build')
  .argument(
    '<recipe>',
    'a folder of images/ (tiny, debian-12), or the path of a folder of your own with a `build` script',
  )
  .description('build an image and register it; an image of that name is used as it is')
  .addOption(
    new Option('--architecture <name>', 'the machine it is for (default: x86_64)').choices([
      'x86_64',
      'i386',
      'arm64',
    ]),
  )
  .addOption(
    new Option('--boot-mode <mode>', 'what boots it (default: legacy-bios, of arm64 uefi)').choices([
      'legacy-bios',
      'uefi',
      'uefi-preferred',
    ]),
  )
  .option('--name <name>', "the image's name (default: the recipe's, with what differs from its defaults)")
  .option('--public', 'let every account launch it')
  .addOption(server())
  .addOption(region())
  .addOption(account())
  .addOption(json())
  .action(async (recipe, options) => (await import('./commands/image-build.ts')).imageBuild(recipe, options));

const snapshots = program.command('snapshot').description('snapshots from and to local disks');
snapshots
  .command('import')
  .argument('<file>', 'a disk file, or an http:// or https:// URL for the server to fetch')
  .description('make a snapshot of a local disk, or of one at a URL')
  .option(
    '--format <name>',
    'raw, or a format of qemu-img: qcow2, vmdk, vpc, vhdx, vdi (a file), ova (a URL)',
    'raw',
  )
  .option('--description <text>', 'description of the snapshot')
  .option('--force', 'take a file that does not look like a disk')
  .addOption(server())
  .addOption(region())
  .addOption(account())
  .addOption(json())
  .action(async (file, options) =>
    (await import('./commands/snapshot-import.ts')).snapshotImport(file, options),
  );
snapshots
  .command('export')
  .argument('<snapshot>', 'a snapshot id')
  .argument('<file>', 'where to write the disk')
  .description('write a snapshot to a local disk file')
  .option('--format <name>', 'raw (sparse), or a format of qemu-img: qcow2, vmdk, vpc, vhdx', 'raw')
  .option('--force', 'replace a file that is there')
  .addOption(server())
  .addOption(region())
  .addOption(account())
  .addOption(json())
  .action(async (snapshot, file, options) =>
    (await import('./commands/snapshot-export.ts')).snapshotExport(snapshot, file, options),
  );
snapshots
  .command('usage')
  .description('what each snapshot takes on disk: alone, and shared with others')
  .addOption(data())
  .option('--region <name>', 'this region only')
  .addOption(json())
  .action(async options => (await import('./commands/snapshot-usage.ts')).snapshotUsage(options));

program
  .command('ssh')
  .argument('<instance>', 'an instance id')
  .argument('[command...]', 'what to run there')
  .description("log in to an instance; exits with the command's status")
  .option('-i, --identity <file>', "the private key (default: the key pair's file in DATA/keys)")
  .option('-l, --login <user>', 'the user', 'ec2-user')
  .addOption(server())
  .addOption(region())
  .addOption(account())
  .passThroughOptions()
  .action(async (instance, command, options) =>
    (await import('./commands/ssh.ts')).ssh(instance, command, options),
  );

program
  .command('demo')
  .description('the whole story: configure an instance once, save it as an image, launch four copies')
  .option('--image <id>', "the image to begin with (default: amazon's tiny)")
  .option('--type <type>', 'the instance type', 't3.nano')
  .option('--keep', 'leave everything in place at the end')
  .addOption(server())
  .addOption(region())
  .addOption(account())
  .addOption(json())
  .action(async options => (await import('./commands/demo.ts')).demo(options));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`amity: ${sentence(error)}\n`);
  if (process.env.AMITY_DEBUG) console.error(error);
  process.exitCode = 1;
}
