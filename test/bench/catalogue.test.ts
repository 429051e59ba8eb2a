import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlPlane } from '../../bench/catalogue/control-plane.ts';
import { imageOf } from '../../bench/catalogue/images.ts';
import { measure, type Question, questions } from '../../bench/catalogue/stage.ts';
import { temporaryFolder } from '../support/amity.ts';

/** The benchmark in small: a server of its own process, SQLite records written in bulk, signed requests over HTTP. */
describe('the catalogue benchmark', () => {
  const count = 1_000;
  const folder = temporaryFolder('bench-test');
  let catalogue: Awaited<ReturnType<typeof controlPlane>>;
  beforeAll(async () => {
    catalogue = await controlPlane(folder, count);
  });
  afterAll(async () => {
    await catalogue?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const idsOf = async (parameters: Record<string, string>) =>
    [...(await catalogue.call(parameters)).body.matchAll(/<imageId>([^<]+)</g)].map(match => match[1]);

  it('asks questions whose answers are what it says', async () => {
    const asked = await questions(catalogue);
    const answers = async (question: Question) => (await idsOf(asked[question](3))).length;
    expect(await answers('byId')).toBe(1);
    expect(await answers('byName')).toBe(1);
    expect(await answers('byTag')).toBe(1);
    expect(await answers('wildcard')).toBeGreaterThan(0);
    expect(await answers('ownPage')).toBe(count / 50);
    const { caller, now } = catalogue.crowd;
    const visible = Array.from({ length: count }, (_, number) =>
      imageOf(number, count, catalogue.crowd),
    ).filter(
      image =>
        image.ownerId === caller ||
        (image.launchPermissions.some(
          grant => 'group' in grant || ('userId' in grant && grant.userId === caller),
        ) &&
          !(image.deprecationTime && image.deprecationTime <= now.toISOString())),
    );
    expect((await idsOf(asked.page(0))).sort()).toEqual(visible.map(image => image.imageId).sort());
  });

  it('measures every question', async () => {
    for (const one of Object.values(await measure(catalogue, 2, 0.05))) {
      expect(one.perSecond).toBeGreaterThan(0);
      expect(one.p99).toBeGreaterThanOrEqual(one.p50);
    }
  });
});
