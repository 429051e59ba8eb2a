import { checkStateFor } from '../../domain/instance-attributes.ts';
import { unknownAttribute } from '../../domain/instance-errors.ts';
import { refreshGuests } from './guest-refresh.ts';
import { findInstances } from './instance-lookup.ts';
import { onlyInterface } from './network-interface-lookup.ts';
import { operation } from './operation.ts';
import { idList, required } from './request.ts';

/** Kernel and RAM disk have never left their default: instances of type hvm have none of their own. */
const resettable = ['kernel', 'ramdisk', 'sourceDestCheck'];

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResetInstanceAttribute.html */
export const resetInstanceAttribute = operation('ResetInstanceAttribute', async (input, context) => {
  const attribute: string = required(input.Attribute, 'Attribute');
  const ids = idList('i', [required(input.InstanceId, 'InstanceId')]);
  if (!resettable.includes(attribute)) throw unknownAttribute(attribute);
  await context.records.transaction(async records => {
    const [instance] = await findInstances(records, context, ids);
    checkStateFor(instance!, attribute);
    if (attribute !== 'sourceDestCheck') return;
    const one = await onlyInterface(records, instance!.instanceId);
    await records.networkInterfaces.put({ ...one, sourceDestCheck: true });
    await refreshGuests(records, context, one);
  });
  context.jobs.wake();
  return {};
});
