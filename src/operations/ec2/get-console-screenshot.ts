import { noScreen, notShown } from '../../domain/instance-errors.ts';
import { findInstances } from './instance-lookup.ts';
import { operation } from './operation.ts';
import { idList, required } from './request.ts';

/**
 * What the guest's screen shows, as PNG (AWS: JPG). `WakeUp` presses a key first, which stands for no character.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleScreenshot.html
 */
export const getConsoleScreenshot = operation('GetConsoleScreenshot', async (input, context) => {
  const ids = idList('i', [required(input.InstanceId, 'InstanceId')]);
  const [instance] = await findInstances(context.records.read, context, ids);
  const { instanceId, state } = instance!;
  if (state !== 'running') throw notShown(instanceId);
  const image = await context.engine.screenshot(instanceId, input.WakeUp === true);
  if (!image) throw noScreen(instance!);
  return { InstanceId: instanceId, ImageData: image.toString('base64') };
});
