import type { PluginEntry } from '#core/plugin/config.js';
import type { PluginMethod } from '#core/plugin/protocol.js';
import type { Clock } from '#ports/clock.js';
import type { Log } from '#ports/log.js';
import type { PluginReply } from '#ports/plugin-host.js';

/** The connection to one configured plugin. */
export interface PluginClient {
  call(method: PluginMethod, params: object, signal: AbortSignal): Promise<PluginReply>;
  /** As the last handshake said. */
  features(): readonly string[];
  /** Ends what it holds; requests under way are `unreachable`. */
  close(): Promise<void>;
}

/** What every client of plugins works with. */
export interface PluginClientDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The environment of this process, of which programs get a part. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Decoded values of a Secret in the namespace of this process; throws an AppError when it cannot be read. */
  readSecret(name: string): Promise<Readonly<Record<string, string>>>;
}

/** A client is for one plugin as it is configured now. */
export interface ClientOptions extends PluginClientDeps {
  readonly entry: PluginEntry;
}

/** The reply in place of a plugin that could not be asked. */
export function unreachable(message: string): PluginReply {
  return { kind: 'unreachable', message };
}
