/** How an image gets into each situation, by the calls its owner makes, and out of it again. */

import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateImageCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DisableAllowedImagesSettingsCommand,
  DisableImageBlockPublicAccessCommand,
  DisableImageCommand,
  DisableImageDeregistrationProtectionCommand,
  DisableSnapshotBlockPublicAccessCommand,
  type EC2Client,
  EnableAllowedImagesSettingsCommand,
  EnableImageBlockPublicAccessCommand,
  EnableImageDeprecationCommand,
  EnableImageDeregistrationProtectionCommand,
  EnableSnapshotBlockPublicAccessCommand,
  ReplaceImageCriteriaInAllowedImagesSettingsCommand,
  RestoreImageFromRecycleBinCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { untilState } from '../../support/guests.ts';
import { createRule, kms } from '../../support/signed-call.ts';
import { type Cast, players } from './cast.ts';
import type { Situation } from './expectations.ts';
import {
  encryptedCopy,
  type MadeImage,
  makePair,
  makeSnapshot,
  type Pair,
  publish,
  register,
  share,
  shareSnapshot,
} from './images.ts';

const recycle = { Key: 'when-deregistered', Value: 'recycle' };

/** What the situations have in common. */
export interface Stage {
  cast: Cast;
  available: Required<Pair>;
  deprecated: Required<Pair>;
  deprecatedAt: Date;
  /** Images that are to be deregistered, which is remembered while instances of theirs are. */
  launched: Required<Pair>;
  /** An instance of the owner's and one of the stranger's: neither boots, nor shuts down when it is told to. */
  instances: { owner: string; stranger: string };
  /** Those that are being made of the owner's instance, once they are. */
  unfinished?: Required<Pair>;
  recycled?: Required<Pair>;
  withStorage?: Required<Pair>;
  /** Shared, under a key that is not. */
  underKey?: MadeImage;
}

export async function setStage(cast: Cast): Promise<Stage> {
  const { owner } = cast.clients;
  await owner.send(new DisableImageBlockPublicAccessCommand({}));
  await createRule(
    cast.amity,
    {
      ResourceType: 'EC2_IMAGE',
      RetentionPeriod: { RetentionPeriodValue: 1, RetentionPeriodUnit: 'DAYS' },
      ResourceTags: [{ ResourceTagKey: recycle.Key, ResourceTagValue: recycle.Value }],
    },
    cast.accounts.owner,
  );
  const [available, deprecated, launched] = [
    await makePair(cast),
    await makePair(cast),
    await makePair(cast),
  ];
  const deprecatedAt = nextMinute();
  await each(deprecated, ({ imageId }) =>
    owner.send(new EnableImageDeprecationCommand({ ImageId: imageId, DeprecateAt: deprecatedAt })),
  );
  const instances = {
    owner: await launch(owner, launched.shared),
    stranger: await launch(cast.clients.stranger, launched.public),
  };
  return { cast, available, deprecated, deprecatedAt, launched, instances };
}

/** The nearest time at which an image can be deprecated: AWS rounds to minutes. */
function nextMinute(): Date {
  const minute = 60_000;
  return new Date(Math.ceil((Date.now() + 2_000) / minute) * minute);
}

async function launch(ec2: EC2Client, { imageId }: MadeImage): Promise<string> {
  const { Instances } = await ec2.send(
    new RunInstancesCommand({ ImageId: imageId, InstanceType: 't3.nano', MinCount: 1, MaxCount: 1 }),
  );
  const InstanceId = Instances![0]!.InstanceId!;
  await untilState(ec2, InstanceId, 'running');
  return InstanceId;
}

/** Images, and what ends the situation where later ones need it ended. */
interface Scene {
  images: Pair;
  end?: () => Promise<unknown>;
}

/** In an order in which each finds what it needs. */
export const scenes: Readonly<Record<Situation, (stage: Stage) => Promise<Scene>>> = {
  async available({ available }) {
    return { images: available };
  },
  async pending(stage) {
    const { cast, instances } = stage;
    const shared = await createImage(cast, instances.owner, 'pending and shared');
    const everybodys = await createImage(cast, instances.owner, 'pending and public');
    await share(cast, shared);
    await publish(cast, everybodys);
    stage.unfinished = { shared, public: everybodys };
    return { images: stage.unfinished };
  },
  async failed({ cast, unfinished, instances }) {
    await cast.clients.owner.send(new TerminateInstancesCommand({ InstanceIds: [instances.owner] }));
    return { images: unfinished! };
  },
  async disabled({ cast }) {
    const images = await makePair(cast);
    await each(images, ({ imageId }) =>
      cast.clients.owner.send(new DisableImageCommand({ ImageId: imageId })),
    );
    return { images };
  },
  async deregistered({ cast, launched }) {
    await deregister(cast, launched);
    return { images: launched };
  },
  async recycled(stage) {
    stage.recycled = await makePair(stage.cast, { ResourceType: 'image', Tags: [recycle] });
    await deregister(stage.cast, stage.recycled);
    return { images: stage.recycled };
  },
  async restored({ cast, recycled }) {
    await each(recycled!, ({ imageId }) =>
      cast.clients.owner.send(new RestoreImageFromRecycleBinCommand({ ImageId: imageId })),
    );
    return { images: recycled! };
  },
  async 'protected from deregistration'({ cast, available }) {
    const { owner } = cast.clients;
    await each(available, ({ imageId }) =>
      owner.send(new EnableImageDeregistrationProtectionCommand({ ImageId: imageId })),
    );
    const end = () =>
      each(available, ({ imageId }) =>
        owner.send(new DisableImageDeregistrationProtectionCommand({ ImageId: imageId })),
      );
    return { images: available, end };
  },
  async 'shared with its storage'(stage) {
    const images = await makePair(stage.cast);
    await shareSnapshot(stage.cast, images.shared.snapshotId, stage.cast.accounts.grantee.accountId);
    await shareSnapshot(stage.cast, images.public.snapshotId, 'all');
    stage.withStorage = images;
    return { images };
  },
  async 'shared with storage nobody may publish'({ cast, withStorage }) {
    const { owner } = cast.clients;
    await owner.send(new EnableSnapshotBlockPublicAccessCommand({ State: 'block-all-sharing' }));
    const end = () => owner.send(new DisableSnapshotBlockPublicAccessCommand({}));
    return { images: withStorage!, end };
  },
  async 'of an account that blocks public images'({ cast, available }) {
    const { owner } = cast.clients;
    const ImageBlockPublicAccessState = 'block-new-sharing';
    await owner.send(new EnableImageBlockPublicAccessCommand({ ImageBlockPublicAccessState }));
    const end = () => owner.send(new DisableImageBlockPublicAccessCommand({}));
    return { images: available, end };
  },
  async 'encrypted under the default key'({ cast }) {
    return { images: { shared: await register(cast, await encryptedCopy(cast, await makeSnapshot(cast))) } };
  },
  async 'encrypted under a customer key'(stage) {
    const { cast } = stage;
    const { KeyMetadata } = await kms(cast.amity, 'CreateKey', {}, cast.accounts.owner);
    const snapshotId = await encryptedCopy(cast, await makeSnapshot(cast), KeyMetadata.Arn);
    const shared = await register(cast, snapshotId);
    await share(cast, shared);
    stage.underKey = shared;
    return { images: { shared } };
  },
  async 'not allowed by those who ask'({ cast, available }) {
    return { images: available, end: await allowNobody(cast, 'enabled') };
  },
  async 'not allowed, in audit mode'({ cast, available }) {
    return { images: available, end: await allowNobody(cast, 'audit-mode') };
  },
  async deprecated({ deprecated, deprecatedAt }) {
    await delay(Math.max(deprecatedAt.getTime() - Date.now(), 0) + 100);
    return { images: deprecated };
  },
};

async function createImage(cast: Cast, InstanceId: string, Name: string): Promise<MadeImage> {
  const { owner } = cast.clients;
  const { ImageId } = await owner.send(new CreateImageCommand({ InstanceId, Name }));
  const { Images } = await owner.send(new DescribeImagesCommand({ ImageIds: [ImageId!] }));
  return { imageId: ImageId!, snapshotId: Images![0]!.BlockDeviceMappings![0]!.Ebs!.SnapshotId! };
}

const deregister = ({ clients }: Cast, images: Pair) =>
  each(images, ({ imageId }) => clients.owner.send(new DeregisterImageCommand({ ImageId: imageId })));

/** No account wants to know of others' images. @returns what ends that. */
async function allowNobody(
  { clients }: Cast,
  AllowedImagesSettingsState: 'enabled' | 'audit-mode',
): Promise<() => Promise<unknown>> {
  const all = players.map(player => clients[player]);
  for (const ec2 of all) {
    const ImageCriteria = [{ ImageProviders: ['none'] }];
    await ec2.send(new ReplaceImageCriteriaInAllowedImagesSettingsCommand({ ImageCriteria }));
    await ec2.send(new EnableAllowedImagesSettingsCommand({ AllowedImagesSettingsState }));
  }
  return () => Promise.all(all.map(ec2 => ec2.send(new DisableAllowedImagesSettingsCommand({}))));
}

const each = (images: Pair, act: (image: MadeImage) => Promise<unknown>) =>
  Promise.all([images.shared, ...(images.public ? [images.public] : [])].map(act));
