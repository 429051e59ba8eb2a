/** Finds an operation by method and path, for the services whose model gives their operations paths. */
import type { Model, OperationModel } from './model.ts';

export interface Route {
  readonly operation: OperationModel;
  readonly method: string;
  /** Literal segments, and `{Label}` for those that hold a value. */
  readonly segments: readonly string[];
}

export function routesOf(model: Model): Route[] {
  return model.actions.flatMap(action => {
    const operation = model.operation(action)!;
    const http = operation.http;
    return http ? [{ operation, method: http.method, segments: http.uri.split('/').slice(1) }] : [];
  });
}

/** A literal segment wins over a label: `POST /snapshots/completion/{SnapshotId}`. */
export function matchRoute(
  routes: readonly Route[],
  request: { method: string; path: string },
): { route: Route; labels: Map<string, string> } | undefined {
  const segments = request.path.split('/').slice(1);
  const matches = routes.flatMap(route => {
    const labels = route.method === request.method ? labelsOf(route, segments) : undefined;
    return labels ? [{ route, labels }] : [];
  });
  return matches.sort((a, b) => a.labels.size - b.labels.size)[0];
}

function labelsOf(route: Route, segments: readonly string[]): Map<string, string> | undefined {
  if (segments.length !== route.segments.length) return undefined;
  const labels = new Map<string, string>();
  for (const [index, pattern] of route.segments.entries()) {
    const segment = segments[index]!;
    if (!pattern.startsWith('{')) {
      if (pattern !== segment) return undefined;
      continue;
    }
    const value = percentDecode(segment);
    if (!value) return undefined;
    labels.set(pattern.slice(1, -1), value);
  }
  return labels;
}

/** The text, or undefined where an escape is malformed or not UTF-8. */
export function percentDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
