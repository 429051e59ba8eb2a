import type { GuestMetadata, MetadataTree } from '../../domain/vpc-plan-types.ts';
import { metadataVersions } from './versions.ts';

/** What a path leads to: the bytes to answer, and whether they are the user's own. */
export interface Found {
  body: string | Buffer;
  contentType: string;
}

/**
 * Looks a path up in what one guest may see; undefined when there is nothing. Names match own keys alone, so that
 * neither `..` nor `__proto__` leads anywhere.
 */
export function find(path: string, metadata: GuestMetadata): Found | undefined {
  const segments = parsePath(path);
  if (!segments) return undefined;
  const [version, category, ...rest] = segments.names;
  if (version === undefined) return text(metadataVersions.join('\n'));
  if (!metadataVersions.includes(version)) return undefined;
  switch (category) {
    case undefined:
      // Amazon lists the categories without slashes, unlike every folder below them.
      return text(
        ['dynamic', 'meta-data', ...(metadata.userData === undefined ? [] : ['user-data'])].join('\n'),
      );
    case 'user-data':
      return rest.length === 0 && metadata.userData !== undefined
        ? { body: Buffer.from(metadata.userData, 'base64'), contentType: 'application/octet-stream' }
        : undefined;
    case 'dynamic':
      return inTree(dynamicTree(metadata), rest, segments.folder);
    case 'meta-data':
      return inTree(metadata.tree, rest, segments.folder, metadata.keyName);
    default:
      return undefined;
  }
}

/** The path of a request target, without its query, as names; `folder` when it ended in a slash. */
export function parsePath(target: string): { names: string[]; folder: boolean } | undefined {
  const path = target.split('?', 1)[0]!;
  if (!path.startsWith('/') || path.length > 2048) return undefined;
  try {
    const names = path.split('/').filter(Boolean).map(decodeURIComponent);
    return { names, folder: path.endsWith('/') };
  } catch {
    return undefined;
  }
}

function dynamicTree(metadata: GuestMetadata): MetadataTree {
  return {
    fws: { 'instance-monitoring': 'disabled' },
    'instance-identity': { document: metadata.identityDocument, ...metadata.identitySignatures },
  };
}

function inTree(tree: MetadataTree, names: string[], folder: boolean, keyName?: string): Found | undefined {
  let node: string | MetadataTree | undefined = tree;
  for (const name of names) {
    if (typeof node !== 'object' || !Object.hasOwn(node, name)) return undefined;
    node = node[name];
  }
  if (typeof node === 'object')
    return text(names.length === 1 && names[0] === 'public-keys' ? listKeys(node, keyName) : list(node));
  return node === undefined || folder ? undefined : text(node);
}

function list(tree: MetadataTree): string {
  const line = (name: string) => (typeof tree[name] === 'object' ? `${name}/` : name);
  return Object.keys(tree).sort().map(line).join('\n');
}

/** Unlike other folders, keys are listed with their names: `0=my-key`. */
function listKeys(keys: MetadataTree, keyName = ''): string {
  return Object.keys(keys)
    .sort()
    .map(index => `${index}=${keyName}`)
    .join('\n');
}

function text(body: string): Found {
  return { body, contentType: 'text/plain' };
}
