import { expect, test } from 'vitest';
import { barChart } from '../../../bench/blocks/bar-chart.ts';

test('a bar is as long as its value, and one without a value is left out', () => {
  const svg = barChart({
    title: 'Store & restore',
    unit: 's',
    series: ['ours', 'peer'],
    groups: [
      { label: 'store', values: [1, 4] },
      { label: 'restore', values: [2, undefined] },
    ],
  });
  const lengths = [...svg.matchAll(/<rect x="150" y="\d+" width="([\d.]+)" height="13"/g)].map(([, w]) =>
    Number(w),
  );
  expect(lengths).toEqual([155, 620, 310]);
  expect(svg).toContain('Store &#38; restore');
});
