import { describe, expect, it } from 'vitest';
import { type ImageCriterion, isAllowedBy, parseCriteria } from '../../src/domain/allowed-images.ts';

const now = new Date('2026-05-10T13:17:12.000Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000).toISOString();
const image = {
  ownerId: '444455556666',
  name: 'golden-7',
  productCodes: ['abc123'],
  creationDate: daysAgo(10),
  deprecationTime: daysAgo(3),
};
const allows = (...criteria: ImageCriterion[]) =>
  isAllowedBy(criteria, '111122223333', id => (id === '137112412989' ? 'amazon' : undefined), now);

describe('a criterion', () => {
  it.each<[ImageCriterion, boolean]>([
    [{ imageProviders: ['444455556666'] }, true],
    [{ imageProviders: ['amazon'] }, false],
    [{ imageProviders: ['none'] }, false],
    [{ imageNames: ['golden-?'] }, true],
    [{ imageNames: ['silver-*', '*-7'] }, true],
    [{ imageNames: ['golden'] }, false],
    [{ marketplaceProductCodes: ['abc123', 'x'] }, true],
    [{ marketplaceProductCodes: ['x'] }, false],
    [{ maximumDaysSinceCreated: 10 }, true],
    [{ maximumDaysSinceCreated: 9 }, false],
    [{ maximumDaysSinceDeprecated: 3 }, true],
    [{ maximumDaysSinceDeprecated: 0 }, false],
    [{ imageProviders: ['444455556666'], imageNames: ['silver-*'] }, false],
  ])('%j allows the image: %s', (criterion, expected) => {
    expect(allows(criterion)(image)).toBe(expected);
  });

  it('knows aliased owners by their alias', () => {
    expect(allows({ imageProviders: ['amazon'] })({ ...image, ownerId: '137112412989' })).toBe(true);
  });

  it('is one of several, any of which is enough', () => {
    expect(allows({ imageNames: ['x'] }, { imageNames: ['golden-7'] })(image)).toBe(true);
  });

  it('is not asked of own images, and none is met by every image', () => {
    expect(allows({ imageProviders: ['none'] })({ ...image, ownerId: '111122223333' })).toBe(true);
    expect(allows()(image)).toBe(true);
  });

  it('allows what is yet to be deprecated, or never is', () => {
    const test = allows({ maximumDaysSinceDeprecated: 0 });
    expect(test({ ...image, deprecationTime: daysAgo(-1) })).toBe(true);
    expect(test({ ...image, deprecationTime: undefined })).toBe(true);
  });
});

describe('criteria', () => {
  it.each([
    [{}, 'InvalidParameterValue'],
    [{ ImageProviders: ['microsoft'] }, 'InvalidParameterValue'],
    [{ ImageProviders: ['none', 'amazon'] }, 'InvalidParameterCombination'],
    [
      { ImageProviders: Array.from({ length: 201 }, (_, n) => String(n).padStart(12, '0')) },
      'InvalidParameterValue',
    ],
    [{ ImageNames: ['a?'] }, 'InvalidParameterValue'],
    [{ ImageNames: ['ü'] }, 'InvalidParameterValue'],
    [{ ImageNames: Array.from({ length: 51 }, (_, n) => `n${n}`) }, 'InvalidParameterValue'],
    [{ MarketplaceProductCodes: ['a-b'] }, 'InvalidParameterValue'],
    [{ CreationDateCondition: { MaximumDaysSinceCreated: -1 } }, 'InvalidParameterValue'],
    [{ ImageWatermarks: [{}] }, 'UnsupportedOperation'],
  ])('of %j are refused as %s', (criterion, code) => {
    expect(() => parseCriteria([criterion])).toThrow(expect.objectContaining({ code }));
  });

  it('are ten at most', () => {
    const one = { ImageNames: ['a*'] };
    expect(parseCriteria(Array(10).fill(one))).toHaveLength(10);
    expect(() => parseCriteria(Array(11).fill(one))).toThrow(
      expect.objectContaining({ code: 'InvalidParameterValue' }),
    );
  });
});
