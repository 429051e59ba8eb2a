import { RecordsUnavailable } from './records-unavailable.ts';

/** What the operator can do about an error, by errno name or SQLSTATE (PostgreSQL manual, appendix A). */
const remedies = new Map<string, (at: string) => string>([
  ['ECONNREFUSED', at => `No PostgreSQL answers at ${at}: start it, or correct the records URL.`],
  ['ENOENT', at => `No PostgreSQL answers at ${at}: start it, or correct the records URL.`],
  ['ENOTFOUND', at => `The host of ${at} is unknown: correct the records URL.`],
  ['EAI_AGAIN', at => `The host of ${at} cannot be looked up: correct the records URL or the name server.`],
  ['ETIMEDOUT', at => `PostgreSQL at ${at} does not answer: check the address and the firewalls between.`],
  ['28P01', at => `PostgreSQL at ${at} refused user and password: correct them in the records URL.`],
  [
    '28000',
    at => `PostgreSQL at ${at} refused the user: correct the records URL or allow it in pg_hba.conf.`,
  ],
  ['3D000', at => `PostgreSQL at ${at} has no such database: create it with createdb.`],
  ['42501', at => `PostgreSQL at ${at} forbids the user to make a schema: grant it CREATE on the database.`],
  ['53300', at => `PostgreSQL at ${at} has no connection free: raise max_connections.`],
  ['53100', at => `The disk of PostgreSQL at ${at} is full: free some space.`],
]);

/** `host:port/database` of a records URL: never user or password. */
export function placeOf(url: string): string {
  const { hostname, port, pathname, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? (hostname || 'localhost');
  return `${host}:${searchParams.get('port') ?? (port || '5432')}${pathname}`;
}

/** One sentence with the remedy for an error met while opening. */
export function explainPostgresError(error: unknown, url: string): unknown {
  if (error instanceof RecordsUnavailable || !(error instanceof Error)) return error;
  const place = placeOf(url);
  // Several addresses of one host fail together as an AggregateError with the code of the last.
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const remedy = remedies.get(code);
  // Not `cause`: the driver's error may hold the connection's settings.
  return new RecordsUnavailable(
    remedy
      ? remedy(place)
      : `PostgreSQL at ${place} cannot be used (${code || error.message}): check the records URL and PostgreSQL's log.`,
  );
}
