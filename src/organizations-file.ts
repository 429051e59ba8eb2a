import { readFileSync } from 'node:fs';
import { InvalidSetting } from './config.ts';
import { membershipsIn, type Organization } from './domain/organizations.ts';
import { parseOrganizations } from './domain/parse-organizations.ts';

/**
 * Reads which accounts are in which organisation, once: a changed file counts from the next start on.
 * @throws InvalidSetting naming the file and what is wrong with it
 */
export function readOrganizations(file: string | undefined): Organization[] {
  if (file === undefined) return [];
  try {
    const organizations = parseOrganizations(JSON.parse(readFileSync(file, 'utf8')));
    membershipsIn(organizations);
    return organizations;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidSetting(`The file of organizations, ${file}, cannot be used: ${why}`);
  }
}
