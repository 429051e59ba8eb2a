import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { coverage } from '../scripts/coverage.ts';
import { operations as ebs } from '../src/operations/ebs/index.ts';
import { operations as ec2 } from '../src/operations/ec2/index.ts';
import { operations as kms } from '../src/operations/kms/index.ts';
import { operations as organizations } from '../src/operations/organizations/index.ts';
import { operations as rbin } from '../src/operations/rbin/index.ts';
import { operations as ssm } from '../src/operations/ssm/index.ts';
import { operations as sts } from '../src/operations/sts/index.ts';

const longest = 400;
const generated = /^src\/operations\/\w+\/actions\.ts$/;
const sources = globSync('{src,cli,bench,test,scripts}/**/*.ts').filter(file => !generated.test(file));

describe('the tree', () => {
  test('no file is longer than 400 lines', () => {
    const long = sources.filter(file => readFileSync(file, 'utf8').split('\n').length > longest);
    expect(long).toEqual([]);
  });

  test('files are named in kebab case', () => {
    expect(sources.filter(file => !/^[a-z0-9]+([.-][a-z0-9]+)*\.ts$/.test(basename(file)))).toEqual([]);
  });

  test('only config.ts reads the environment of the server', () => {
    const readers = sources.filter(
      file =>
        file.startsWith('src/') &&
        file !== 'src/config.ts' &&
        readFileSync(file, 'utf8').includes('process.env'),
    );
    expect(readers).toEqual([]);
  });
});

describe('the documentation', () => {
  const pages = ['*.md', 'docs/**/*.md'].flatMap(pattern => globSync(pattern));

  test('every relative link leads to a file, and to a heading of it where it names one', () => {
    expect(pages).toContain('README.md');
    expect(pages.flatMap(brokenLinks)).toEqual([]);
  });

  test('the coverage page is the one `npm run generate` writes', () => {
    expect(readFileSync('docs/api-coverage.md', 'utf8')).toBe(coverage());
  });
});

describe.each(Object.entries({ ec2, ebs, kms, organizations, rbin, ssm, sts }))(
  'the operations of %s',
  (service, operations) => {
    const files = globSync(`src/operations/${service}/*.ts`).map(file => readFileSync(file, 'utf8'));
    const defined = files.flatMap(text =>
      [...text.matchAll(/\boperation\(\s*'(\w+)'/g)].map(match => match[1]!),
    );

    test('every operation file is served', () => {
      expect(operations.map(operation => operation.name).sort()).toEqual(defined.sort());
    });

    test('a file is named as its action, and links its AWS page', () => {
      for (const name of defined) {
        const text = readFileSync(`src/operations/${service}/${kebab(name)}.ts`, 'utf8');
        expect(text, name).toContain('https://docs.aws.amazon.com/');
        expect(text, name).toContain(`export const ${name[0]!.toLowerCase()}${name.slice(1)} = operation(`);
      }
    });
  },
);

/** `page → target` of each link to something that is not there; links to the web are not followed. */
function brokenLinks(page: string): string[] {
  const prose = readFileSync(page, 'utf8').replace(/^```.*?^```/gms, '');
  const targets = [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map(match => match[1]!);
  return targets
    .filter(target => !/^[a-z]+:/.test(target))
    .filter(target => {
      const [path = '', heading] = target.split('#');
      const file = path ? join(dirname(page), path) : page;
      return !existsSync(file) || (heading !== undefined && !anchors(file).includes(heading));
    })
    .map(target => `${page} → ${target}`);
}

/** The names by which the headings of a page are linked to. */
function anchors(page: string): string[] {
  const headings = [...readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)].map(match => match[1]!);
  return headings.map(heading =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function kebab(action: string): string {
  return action.replace(/(?<=[a-z0-9])([A-Z])/g, '-$1').toLowerCase();
}
