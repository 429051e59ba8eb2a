import { checkStateFor } from '../../domain/instance-attributes.ts';
import { unknownAttribute } from '../../domain/instance-errors.ts';
import { findInstances } from './instance-lookup.ts';
import { operation } from './operation.ts';
import { idList, required } from './request.ts';

/** What can be reset has never left its default: instances of type hvm have no kernel or RAM disk of their own. */
const resettable = ['kernel', 'ramdisk', 'sourceDestCheck'];

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResetInstanceAttribute.html */
export const resetInstanceAttribute = operation('ResetInstanceAttribute', async (input, context) => {
  const attribute: string = required(input.Attribute, 'Attribute');
  const ids = idList('i', [required(input.InstanceId, 'InstanceId')]);
  if (!resettable.includes(attribute)) throw unknownAttribute(attribute);
  await context.records.transaction(async records => {
    const [instance] = await findInstances(records, context, ids);
    checkStateFor(instance!, attribute);
  });
  return {};
});
