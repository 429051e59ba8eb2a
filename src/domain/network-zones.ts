/** Availability Zones: their ids (`use1-az1`) follow from their names (`us-east-1a`). */

const directions: Readonly<Record<string, string>> = {
  northeast: 'ne',
  northwest: 'nw',
  southeast: 'se',
  southwest: 'sw',
  north: 'n',
  south: 's',
  east: 'e',
  west: 'w',
  central: 'c',
};

/** The id of a zone, by AWS's pattern: `us-east-1b` → `use1-az2`, `ap-southeast-2a` → `apse2-az1`. */
export function zoneId(zoneName: string): string {
  const region = zoneName.slice(0, -1);
  const short = region
    .split('-')
    .map(part => directions[part] ?? part)
    .join('');
  return `${short}-az${zoneName.charCodeAt(zoneName.length - 1) - 96}`;
}
