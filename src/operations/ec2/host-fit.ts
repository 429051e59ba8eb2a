import type { Image } from '../../domain/image.ts';
import { hostLacks } from '../../domain/instance-errors.ts';
import { firmwareOn } from '../../domain/instance-fit.ts';
import type { InstanceType } from '../../domain/instance-types.ts';
import type { Context } from '../context.ts';

/** Refuses what this host cannot run, rather than letting its launch fail later. @throws Unsupported */
export async function checkHost(
  { engine }: Pick<Context, 'engine'>,
  { architecture, bootMode }: Pick<Image, 'architecture' | 'bootMode'>,
  type: InstanceType | undefined,
): Promise<void> {
  if (!type) return;
  const lacking = await engine.lacking({ architecture, firmware: firmwareOn(bootMode, type) });
  if (lacking) throw hostLacks(lacking);
}
