import type { JobServices } from './services.ts';

/** Volumes looked at in one go: a region may have thousands, and requests are answered in between. */
const pageSize = 200;

/** Asks guests again for the volumes they have held on to so far. Meant to be called every few seconds. */
export async function askForBusyVolumes({ records, jobs }: JobServices): Promise<void> {
  let after: string | undefined;
  for (;;) {
    const page = await records.read.volumes.list({ state: 'in-use' }, { after, limit: pageSize });
    for (const { volumeId, attachment } of page)
      if (attachment?.state === 'busy')
        await records.transaction(async writer => {
          const waiting = await writer.jobs.list({ subject: volumeId, state: ['queued', 'failing'] });
          if (waiting.length > 0) return;
          const { instanceId } = attachment;
          await jobs.enqueue(writer, 'detach-volume', volumeId, { volumeId, instanceId, force: false });
        });
    if (page.length < pageSize) break;
    after = page.at(-1)!.volumeId;
  }
  jobs.wake();
}
