import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PluginEntry } from '#core/plugin/config.js';
import type { PluginKind } from '#core/plugin/protocol.js';

/** A folder of plugin programs that goes when the tests are over. */
export interface PluginFolder {
  readonly path: string;
  /** A shell program that shakes hands and then does what the branches of a `case "$method"` say; `$id` is the request's. */
  write(name: string, branches: string, handshake?: string): string;
  /** Any executable file. */
  writeRaw(name: string, text: string): string;
  remove(): void;
}

export function createPluginFolder(): PluginFolder {
  const path = mkdtempSync(join(tmpdir(), 'sluice-plugins-'));
  const writeRaw = (name: string, text: string): string => {
    const file = join(path, name);
    writeFileSync(file, text);
    chmodSync(file, 0o755);
    return file;
  };
  return {
    path,
    writeRaw,
    write: (name, branches, handshake = '{"protocolVersion":1,"kinds":["step","metric"]}') =>
      writeRaw(
        name,
        `#!/bin/sh
while IFS= read -r line; do
  id=$(printf '%s' "$line" | sed 's/^{"jsonrpc":"2.0","id":"\\([0-9]*\\)".*/\\1/')
  method=$(printf '%s' "$line" | sed 's/^[^{]*{"jsonrpc":"2.0","id":"[0-9]*","method":"\\([a-z.]*\\)".*/\\1/')
  answer() { printf '{"id":"%s","result":%s}\\n' "$id" "$1"; }
  case "$method" in
    handshake) answer '${handshake}' ;;
    ${branches}
  esac
done
`,
      ),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** A plugin as the configuration names it. */
export function pluginEntry(
  location: { readonly path: string } | { readonly url: string },
  rest: Partial<PluginEntry> = {},
  kind: PluginKind = 'step',
): PluginEntry {
  return {
    kind,
    name: 'team/gate',
    location: 'path' in location ? { kind: 'file', path: location.path } : { kind: 'url', url: location.url },
    disabled: false,
    args: [],
    env: {},
    headersFrom: [],
    timeoutMs: 5000,
    ...rest,
  };
}

export const noSecrets = (): Promise<never> => Promise.reject(new Error('no secrets here'));
