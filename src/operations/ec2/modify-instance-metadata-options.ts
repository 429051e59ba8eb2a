import { metadataNotModifiable } from '../../domain/instance-errors.ts';
import { isPoweredOn } from '../../domain/instance-state.ts';
import {
  changeMetadataOptions,
  checkMetadataTags,
  parseMetadataOptions,
} from '../../domain/metadata-options.ts';
import { loadTags } from '../tagging.ts';
import { refreshGuests } from './guest-refresh.ts';
import { findInstances } from './instance-lookup.ts';
import { operation } from './operation.ts';
import { presentMetadataOptions } from './present/instance.ts';
import { idList, required } from './request.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataOptions.html */
export const modifyInstanceMetadataOptions = operation(
  'ModifyInstanceMetadataOptions',
  async (input, context) => {
    const ids = idList('i', [required(input.InstanceId, 'InstanceId')]);
    const change = parseMetadataOptions(input);
    const { accountId } = context.caller;
    const after = await context.records.transaction(async records => {
      const [instance] = await findInstances(records, context, ids);
      const { instanceId, state } = instance!;
      if (state === 'terminated' || state === 'shutting-down') throw metadataNotModifiable(instanceId);
      const account = (await records.accountSettings.get(accountId))?.metadataDefaults ?? {};
      const metadataOptions = changeMetadataOptions(instance!.metadataOptions, change, account);
      checkMetadataTags(metadataOptions, (await loadTags(records, accountId, [instanceId]))(instanceId));
      const changed = { ...instance!, metadataOptions };
      await records.instances.put(changed);
      await refreshGuests(records, context, changed);
      return changed;
    });
    context.jobs.wake();
    const options = presentMetadataOptions(after);
    return {
      InstanceId: after.instanceId,
      InstanceMetadataOptions: isPoweredOn(after) ? { ...options, State: 'pending' } : options,
    };
  },
);
