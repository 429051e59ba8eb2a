/** Prints a result: the value as JSON for programs, else the lines for people. */
export function print(json: boolean | undefined, value: unknown, lines: string | readonly string[]): void {
  const text = json ? JSON.stringify(value, null, 2) : [lines].flat().join('\n');
  process.stdout.write(`${text}\n`);
}

/** Rows as aligned columns under their titles. */
export function table(titles: readonly string[], rows: ReadonlyArray<readonly string[]>): string[] {
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map(row => row[column]?.length ?? 0)),
  );
  return [titles, ...rows].map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}
