import type { Kind } from '#api/kinds.js';
import { isObject } from '#core/json/json.js';
import { addMs, type Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { AppError } from '#ports/errors.js';
import type { Transport } from './transport.js';
import { parseJson } from './wire-objects.js';

/** Which kinds the server serves. */
export interface Discovery {
  /** `undefined` when no such kind is served, as of at most 5 s ago; what is served is believed for 10 minutes. */
  resolve(apiVersion: string, kind: string): Promise<Kind | undefined>;
}

interface Entry {
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly fetchedAt: Instant;
}

const servedForMs = 600_000;
const absentForMs = 5000;

export function createDiscovery(transport: Transport, clock: Clock): Discovery {
  const entries = new Map<string, Entry>();
  const pending = new Map<string, Promise<Entry>>();

  async function fetchEntry(apiVersion: string): Promise<Entry> {
    try {
      const entry = { kinds: await fetchKinds(transport, apiVersion), fetchedAt: clock.now() };
      entries.set(apiVersion, entry);
      return entry;
    } finally {
      pending.delete(apiVersion);
    }
  }

  return {
    async resolve(apiVersion, kind) {
      const known = entries.get(apiVersion);
      const maxAgeMs = known?.kinds.has(kind) === true ? servedForMs : absentForMs;
      if (known !== undefined && clock.now() < addMs(known.fetchedAt, maxAgeMs)) return known.kinds.get(kind);
      const request = pending.get(apiVersion) ?? fetchEntry(apiVersion);
      pending.set(apiVersion, request);
      return (await request).kinds.get(kind);
    },
  };
}

async function fetchKinds(transport: Transport, apiVersion: string): Promise<ReadonlyMap<string, Kind>> {
  const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const subject = `APIResourceList/${apiVersion}`;
  const request = { verb: 'get', method: 'GET', path, subject, kind: 'APIResourceList' } as const;
  const text = await transport.send(request).catch((thrown: unknown) => {
    if (thrown instanceof AppError && thrown.class === 'Missing') return undefined;
    throw thrown;
  });
  if (text === undefined) return new Map();
  const resources = parseJson(text, subject)['resources'];
  const found = new Map<string, Kind>();
  for (const resource of Array.isArray(resources) ? resources : []) {
    const kind = kindOfResource(apiVersion, resource);
    if (kind !== undefined) found.set(kind.kind, kind);
  }
  return found;
}

function kindOfResource(apiVersion: string, resource: unknown): Kind | undefined {
  if (!isObject(resource)) return undefined;
  const { name, kind, namespaced } = resource;
  // Subresources are listed beside their kinds, with a slash in their name.
  if (typeof name !== 'string' || typeof kind !== 'string' || name.includes('/')) return undefined;
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind,
    plural: name,
    namespaced: namespaced === true,
  };
}
