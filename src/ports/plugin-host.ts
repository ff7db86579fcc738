import type { PluginConfig, PluginEntry } from '#core/plugin/config.js';
import type { PluginMethod } from '#core/plugin/protocol.js';

/** What came of one request to a plugin. */
export type PluginReply =
  /** The plugin answered; whether the result makes sense is for the caller to see. */
  | { readonly kind: 'result'; readonly result: unknown }
  /** The plugin answered that it could not. */
  | { readonly kind: 'refused'; readonly message: string }
  /** It is missing, cannot be started, does not speak the protocol, hangs or died. What it did meanwhile is unknown. */
  | { readonly kind: 'unreachable'; readonly message: string };

/** One request to one plugin. */
export interface PluginRequest {
  /** From the configuration; a changed entry is a new plugin. */
  readonly entry: PluginEntry;
  readonly method: PluginMethod;
  readonly params: object;
  /** Ends the request early; the reply is then `unreachable`. */
  readonly signal: AbortSignal;
}

/**
 * Speaks to plugins: keeps programs running between requests, starts them again, and keeps to the limits of time and
 * size. Never throws; one plugin that hangs holds up requests to itself only.
 */
export interface PluginHost {
  call(request: PluginRequest): Promise<PluginReply>;
  /** Whether the plugin said in its last handshake that it has this feature. */
  hasFeature(entry: PluginEntry, feature: string): boolean;
  /** Ends every program of an entry that is not among these. */
  keepOnly(entries: readonly PluginEntry[]): void;
  /** Ends every program. */
  close(): Promise<void>;
}

/** The plugins that are configured, and the way to them. */
export interface Plugins {
  /** What is configured now. */
  read(): PluginConfig;
  readonly host: PluginHost;
}
