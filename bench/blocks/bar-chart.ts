export interface BarChart {
  title: string;
  unit: string;
  /** In the order in which they are drawn; every group has the same bars, undefined where there is nothing to show. */
  groups: { label: string; values: (number | undefined)[] }[];
  /** Names of the bars of a group. */
  series: string[];
}

const colours = ['#0b5fff', '#7a869a', '#b0764a', '#4b8f5c', '#a05195', '#c9a227'];
const width = 860;
const left = 150;
const right = 90;
const barHeight = 15;
const groupGap = 16;
const top = 76;

/** A chart of horizontal bars as a file of SVG: our tool beside its peers. */
export function barChart({ title, unit, groups, series }: BarChart): string {
  const longest = Math.max(...groups.flatMap(({ values }) => values.map(value => value ?? 0)));
  const scale = (width - left - right) / longest;
  const parts: string[] = [];
  let y = top;
  for (const { label, values } of groups) {
    const shown = values.map((value, i) => ({ value, i })).filter(({ value }) => value !== undefined);
    parts.push(
      text(left - 10, y + (shown.length * barHeight) / 2 + 4, label, 'text-anchor="end" font-weight="600"'),
    );
    for (const { value, i } of shown) {
      const length = Math.max(1, value! * scale);
      parts.push(
        `<rect x="${left}" y="${y}" width="${length.toFixed(1)}" height="${barHeight - 2}" fill="${colours[i % colours.length]}"/>`,
        text(left + length + 5, y + barHeight - 4, `${Number(value!.toPrecision(3))} ${unit}`),
      );
      y += barHeight;
    }
    y += groupGap;
  }
  const legend = series.map((name, i) => {
    const x = left + i * 112;
    return `<rect x="${x}" y="42" width="11" height="11" fill="${colours[i % colours.length]}"/>${text(x + 16, 52, name)}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${y}" fill="#fff"/>`,
    text(left, 26, title, 'font-size="15" font-weight="600"'),
    ...legend,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="#222" ${attributes}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replace(/[&<>]/g, letter => `&#${letter.charCodeAt(0)};`);
}
