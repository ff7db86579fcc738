import { isObject } from '#core/json/json.js';
import { numberAt, textsAt } from '#core/json/read.js';
import { protocolVersions, type PluginKind } from './protocol.js';

/** What the first request to every plugin process or endpoint says. */
export function handshakeParams(name: string, kind: PluginKind): object {
  return { protocolVersions, plugin: name, kind };
}

/** What the other side can do besides the base protocol, or why it cannot be worked with. */
export type Handshake =
  | { readonly ok: true; readonly features: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** Whether the other side can be worked with. */
export function parseHandshake(result: unknown, kind: PluginKind): Handshake {
  const version = numberAt(result, 'protocolVersion');
  if (!isObject(result) || version === undefined) {
    return failed('its handshake names no "protocolVersion"');
  }
  if (!protocolVersions.includes(version)) {
    const ours = protocolVersions.join(', ');
    return failed(`it speaks version ${version} of the plugin protocol; this controller speaks ${ours}`);
  }
  const given = textsAt(result, 'kinds');
  if (!given.includes(kind)) {
    return failed(`it is no ${kind} plugin: its handshake names the kinds [${given.join(', ')}]`);
  }
  return { ok: true, features: textsAt(result, 'features') };
}

function failed(message: string): Handshake {
  return { ok: false, message };
}

/** What the plugins of Argo Rollouts print when they are started by anybody but it. */
const goPluginWords = /this binary is a plugin|magic cookie|not meant to be executed directly/i;

/** Says of what a program printed instead of a handshake that it is a plugin of the peer; else `undefined`. */
export function peerPluginHint(printed: string): string | undefined {
  return goPluginWords.test(printed)
    ? 'it is a Go plugin of Argo Rollouts (net/rpc), which only Argo Rollouts can speak to; see docs/plugins.md'
    : undefined;
}
