const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } as const;
const everyPath = { type: 'PathPrefix', value: '/' };

const toService = {
  ...open,
  properties: { group: { type: 'string', default: '' }, kind: { type: 'string', default: 'Service' } },
} as const;
const backendRef = {
  ...toService,
  properties: { ...toService.properties, weight: { type: 'integer', default: 1 } },
} as const;
const typed = { ...open, properties: { type: { type: 'string', default: 'Exact' } } } as const;
const headers = { type: 'array', items: typed } as const;
const path = {
  ...open,
  default: everyPath,
  properties: {
    type: { type: 'string', default: everyPath.type },
    value: { type: 'string', default: everyPath.value },
  },
} as const;
const filter = {
  ...open,
  properties: { requestMirror: { ...open, properties: { backendRef: toService } } },
} as const;

/** What the rules of a route may ask for: paths (HTTP), methods of services (gRPC), or nothing at all. */
export type RouteMatches = 'paths' | 'methods' | 'nothing';

const matchesOf = {
  paths: {
    matches: {
      type: 'array',
      default: [{ path: everyPath }],
      items: { ...open, properties: { path, headers } },
    },
  },
  methods: { matches: { type: 'array', items: { ...open, properties: { method: typed, headers } } } },
  nothing: {},
} as const;

/** The spec of a route of the Gateway API as far as an API server fills fields in; all else is kept as it is. */
export function routeSpec(matches: RouteMatches): object {
  const filters = matches === 'nothing' ? {} : { filters: { type: 'array', items: filter } };
  const rule = {
    ...open,
    properties: { ...matchesOf[matches], ...filters, backendRefs: { type: 'array', items: backendRef } },
  };
  const parentRef = {
    ...open,
    properties: {
      group: { type: 'string', default: 'gateway.networking.k8s.io' },
      kind: { type: 'string', default: 'Gateway' },
    },
  };
  return {
    ...open,
    properties: {
      parentRefs: { type: 'array', items: parentRef },
      rules: { type: 'array', items: rule },
    },
  };
}
