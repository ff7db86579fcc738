import type { PluginEntry } from '#core/plugin/config.js';
import type { PluginHost, PluginReply, PluginRequest } from '#ports/plugin-host.js';
import { unreachable, type PluginClient, type PluginClientDeps } from './client.js';
import { createHttpClient } from './http/http-client.js';
import { createProcessClient } from './process/process-client.js';

/** Speaks to plugins that are programs on this machine or HTTP endpoints. */
export function createPluginHost(deps: PluginClientDeps): PluginHost {
  return new Host(deps);
}

class Host implements PluginHost {
  readonly #deps: PluginClientDeps;
  readonly #clients = new Map<string, PluginClient>();
  readonly #closing = new Set<Promise<void>>();
  #isClosed = false;

  constructor(deps: PluginClientDeps) {
    this.#deps = deps;
  }

  async call({ entry, method, params, signal }: PluginRequest): Promise<PluginReply> {
    if (this.#isClosed) return unreachable(`plugin ${entry.name}: this controller is ending`);
    const client = this.#clientOf(entry);
    if (client === undefined) return unreachable(`plugin ${entry.name}: its location cannot be used`);
    return named(entry, await client.call(method, params, signal));
  }

  hasFeature(entry: PluginEntry, feature: string): boolean {
    return this.#clients.get(idOf(entry))?.features().includes(feature) ?? false;
  }

  keepOnly(entries: readonly PluginEntry[]): void {
    const kept = new Set(entries.map(idOf));
    for (const [id, client] of this.#clients) {
      if (kept.has(id)) continue;
      this.#clients.delete(id);
      this.#end(client);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.keepOnly([]);
    await Promise.all(this.#closing);
  }

  #end(client: PluginClient): void {
    const closing = client.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  #clientOf(entry: PluginEntry): PluginClient | undefined {
    const id = idOf(entry);
    const known = this.#clients.get(id);
    if (known !== undefined) return known;
    const made = createClient({ ...this.#deps, entry });
    if (made !== undefined) this.#clients.set(id, made);
    return made;
  }
}

function createClient(options: PluginClientDeps & { readonly entry: PluginEntry }): PluginClient | undefined {
  switch (options.entry.location.kind) {
    case 'file':
      return createProcessClient(options, options.entry.location.path);
    case 'url':
      return createHttpClient(options, options.entry.location.url);
    case 'unusable':
      return undefined;
  }
}

/** A changed entry is another plugin. */
function idOf(entry: PluginEntry): string {
  return JSON.stringify(entry);
}

function named(entry: PluginEntry, reply: PluginReply): PluginReply {
  return reply.kind === 'unreachable' ? unreachable(`plugin ${entry.name}: ${reply.message}`) : reply;
}
