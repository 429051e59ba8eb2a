import { execFile, spawn } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Refusal } from '../errors.ts';
import { inPath } from '../in-path.ts';
import type { Progress } from '../progress.ts';

const formats = ['qcow2', 'vmdk', 'vpc', 'vhdx', 'vdi'];

/** What a disk can be exported as, and how QEMU is to write it: a VHD keeps its exact size only when told so. */
const exportOptions: Readonly<Record<string, readonly string[]>> = {
  raw: [],
  qcow2: [],
  vmdk: [],
  vpc: ['-o', 'force_size=on'],
  vhdx: [],
};

interface Information {
  'backing-filename'?: string;
  'format-specific'?: { data?: { 'data-file'?: string; extents?: Array<{ filename?: string }> } };
}

/**
 * Makes a raw file of a disk in one of QEMU's formats.
 * @throws Refusal for a file that draws bytes from other files: they could be any file of this machine.
 */
export async function convertToRaw(
  file: string,
  format: string,
  raw: string,
  progress: Progress,
): Promise<void> {
  if (!formats.includes(format))
    throw new Refusal(`--format takes raw, ${formats.join(', ')}; not ${format}.`);
  const qemuImg = await findQemuImg();
  await refuseOtherFiles(qemuImg, file, format);
  progress.step(`Converting from ${format}`);
  const complaint = await convert(qemuImg, ['-f', format, '-O', 'raw', file, raw], progress);
  if (complaint !== undefined) throw new Refusal(`${file} could not be read as ${format}: ${complaint}`);
}

/** @throws Refusal */
export function checkExportFormat(format: string): void {
  if (!Object.hasOwn(exportOptions, format))
    throw new Refusal(`--format takes ${Object.keys(exportOptions).join(', ')}; not ${format}.`);
}

/** Makes a disk in one of QEMU's formats of a raw file. */
export async function convertFromRaw(
  raw: string,
  format: string,
  file: string,
  progress: Progress,
): Promise<void> {
  const qemuImg = await findQemuImg();
  progress.step(`Converting to ${format}`);
  const words = ['-f', 'raw', '-O', format, ...(exportOptions[format] ?? []), raw, file];
  const complaint = await convert(qemuImg, words, progress);
  if (complaint !== undefined) throw new Refusal(`The disk could not be written as ${format}: ${complaint}`);
}

async function findQemuImg(): Promise<string> {
  const qemuImg = await inPath('qemu-img');
  if (!qemuImg) throw new Refusal('There is no qemu-img here: run `scripts/setup`, or install qemu-utils.');
  return qemuImg;
}

/** Runs a conversion; what qemu-img complained of if it failed. */
async function convert(
  qemuImg: string,
  words: readonly string[],
  progress: Progress,
): Promise<string | undefined> {
  const child = spawn(qemuImg, ['convert', '-p', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const percent = /\((\d+(\.\d+)?)\/100%\)/.exec(text)?.[1];
    if (percent) progress.portion(Number(percent) / 100);
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-2000);
  });
  const status = await new Promise<number | null>((done, failed) =>
    child.on('error', failed).on('close', done),
  );
  return status === 0 ? undefined : (complaints.trim().split('\n').at(-1) ?? '');
}

async function refuseOtherFiles(qemuImg: string, file: string, format: string): Promise<void> {
  const words = ['info', '--output=json', '-f', format, file];
  const { stdout } = await promisify(execFile)(qemuImg, words).catch(error => {
    throw new Refusal(
      `${file} could not be read as ${format}: ${String(error.stderr ?? error.message).trim()}`,
    );
  });
  const information = JSON.parse(stdout) as Information;
  const folder = dirname(await realpath(file));
  const details = information['format-specific']?.data;
  const extents = details?.extents?.map(extent => extent.filename ?? '') ?? [];
  const outside = await Promise.all(
    extents.map(async name => dirname(await realpath(resolve(folder, name)).catch(() => '/')) !== folder),
  );
  if (information['backing-filename'] || details?.['data-file'] || outside.includes(true))
    throw new Refusal(`${file} needs other files: flatten it first with \`qemu-img convert -O ${format}\`.`);
}
