import type { GetConsoleScreenshotResult, GetPasswordDataResult } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { getConsoleScreenshot } from '../../../src/operations/ec2/get-console-screenshot.ts';
import { getPasswordData } from '../../../src/operations/ec2/get-password-data.ts';
import { stranger, testRegion } from '../region.ts';
import { change, instanceIn, putImage, refusal } from './launch-fixtures.ts';

async function regionWith(options: Parameters<typeof testRegion>[0]) {
  const region = testRegion(options);
  await putImage(region);
  return { region, InstanceId: await instanceIn(region, 'running') };
}

test('GetConsoleScreenshot answers the screen of what runs, and wakes it when asked to', async () => {
  const screen = (wake: boolean) => Buffer.from(wake ? 'awake' : 'asleep');
  const { region, InstanceId } = await regionWith({ screen });
  const shot = (input: object) =>
    region.call<GetConsoleScreenshotResult>(getConsoleScreenshot, { InstanceId, ...input });
  expect(await shot({})).toEqual({ InstanceId, ImageData: Buffer.from('asleep').toString('base64') });
  const { ImageData } = await shot({ WakeUp: true });
  expect(ImageData).toBe(Buffer.from('awake').toString('base64'));
  const notFound = { code: 'InvalidInstanceID.NotFound' };
  await refusal(region, getConsoleScreenshot, { InstanceId }, notFound, stranger);
  await change(region, InstanceId, { state: 'stopped' });
  await refusal(region, getConsoleScreenshot, { InstanceId }, { code: 'IncorrectInstanceState' });
});

test('GetConsoleScreenshot refuses an instance that has no screen', async () => {
  const { region, InstanceId } = await regionWith({ screen: () => undefined });
  await refusal(region, getConsoleScreenshot, { InstanceId }, { code: 'UnsupportedOperation' });
});

test('GetPasswordData answers what Windows wrote for the holder of the key, and nothing for others', async () => {
  const console = Buffer.from('<Password>c2VjcmV0</Password>');
  const { region, InstanceId } = await regionWith({ console });
  const password = async () =>
    (await region.call<GetPasswordDataResult>(getPasswordData, { InstanceId })).PasswordData;
  expect(await password()).toBe('');
  await change(region, InstanceId, { platformDetails: 'Windows BYOL' });
  expect(await password()).toBe('');
  await change(region, InstanceId, { keyName: 'mine' });
  expect(await password()).toBe('c2VjcmV0');
  const notFound = { code: 'InvalidInstanceID.NotFound' };
  await refusal(region, getPasswordData, { InstanceId }, notFound, stranger);
});
