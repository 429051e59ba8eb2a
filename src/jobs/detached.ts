import type { Instance } from '../domain/instance.ts';
import type { Volume } from '../domain/volume.ts';
import type { RegionWriter } from '../stores/records/database.ts';

/** A volume its instance no longer has is `available`. Product codes only it had brought leave the instance with it. */
export async function putDetached(records: RegionWriter, volume: Volume): Promise<void> {
  const { attachment, ...rest } = volume;
  await records.volumes.put({ ...rest, state: 'available' });
  const instance = attachment && (await records.instances.get(attachment.instanceId));
  if (instance && volume.productCodes.length > 0) await dropProductCodes(records, instance, volume);
}

async function dropProductCodes(records: RegionWriter, instance: Instance, volume: Volume): Promise<void> {
  const { instanceId } = instance;
  const others = (await records.volumes.list({ instanceId })).flatMap(other => other.productCodes);
  const productCodes = instance.productCodes.filter(
    code => !volume.productCodes.includes(code) || others.includes(code),
  );
  await records.instances.put({ ...instance, productCodes });
}
