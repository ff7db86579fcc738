import { Counter, type Registry } from 'prom-client';

/** One attempt at a request to the API server. */
export interface ApiRequest {
  /** As in metrics of the API server: `get`, `list`, `patch`, … */
  readonly verb: string;
  /** The path of the URL, without the query. */
  readonly path: string;
  /** The HTTP status; `error` when none came. */
  readonly code: string;
}

/** Called once for every request that was sent. */
export type CountRequest = (request: ApiRequest) => void;

const verbs: Readonly<Record<string, string>> = {
  get: 'Get',
  list: 'List',
  watch: 'Watch',
  create: 'Create',
  update: 'Update',
  patch: 'Patch',
  delete: 'Delete',
};

/** Kinds of which there are too many, or whose names never come again. */
const anonymous: ReadonlySet<string> = new Set([
  'events',
  'replicasets',
  'analysisruns',
  'experiments',
  'jobs',
  'pods',
  'endpoints',
  'endpointslices',
  'tokenreviews',
  'subjectaccessreviews',
]);
/** So many label sets have a name; what comes later is counted without. */
const mostNamed = 5000;

/** Counts requests by what they were for, with the peer's labels. */
export function countRequests(registry: Registry): CountRequest {
  const counter = new Counter({
    name: 'controller_clientset_k8s_request_total',
    help: 'Number of kubernetes requests executed during application reconciliation.',
    labelNames: ['kind', 'namespace', 'name', 'verb', 'status_code'],
    registers: [registry],
  });
  const named = new Set<string>();
  return ({ verb, path, code }) => {
    const { kind, namespace, name } = resourceOfPath(path);
    const word = verbs[verb] ?? 'Unknown';
    const status_code = code === 'error' ? '0' : code;
    counter.inc({ kind, namespace, verb: word, status_code, name: nameFor(word, kind, namespace, name) });
  };

  function nameFor(verb: string, kind: string, namespace: string, name: string): string {
    if (name === '' || verb === 'List' || verb === 'Watch' || anonymous.has(kind)) return 'N/A';
    const id = `${kind}/${namespace}/${name}`;
    if (named.size < mostNamed) named.add(id);
    return named.has(id) ? name : 'N/A';
  }
}

/** What the path of a request names: the plural kind, the namespace and the name, '' where there is none. */
export function resourceOfPath(path: string): {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
} {
  const parts = (path.split('?')[0] ?? '').split('/').slice(1).map(decodeURIComponent);
  const rest = parts[0] === 'api' ? parts.slice(2) : parts.slice(3);
  const isScoped = rest[0] === 'namespaces' && rest.length > 2;
  const [kind = 'Unknown', name = ''] = isScoped ? rest.slice(2) : rest;
  return { kind, namespace: isScoped ? (rest[1] ?? '') : '', name };
}
