import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { isObject } from '#core/json/json.js';
import { objectsAt, textAt } from '#core/json/read.js';
import { parseYaml } from '#core/yaml/yaml.js';

/** Gives users with a `tokenFile` their token from that file, read anew whenever it is asked for; the library has no such field. */
export async function readTokenFiles(config: KubeConfig, path: string | undefined): Promise<void> {
  const files = await Promise.all(filesOf(path).map(tokenFilesOf));
  // Of several files the first that names a user counts, as for kubectl.
  const byUser = new Map(files.flat().toReversed());
  config.users = config.users.map((user) => {
    const tokenFile = byUser.get(user.name);
    if (tokenFile === undefined) return user;
    // The file counts, as for kubectl, even where there is a token beside it.
    const { token: _token, ...others } = user;
    return { ...others, authProvider: { name: 'tokenFile', config: { tokenFile } } };
  });
}

function filesOf(path: string | undefined): readonly string[] {
  if (path !== undefined) return [path];
  const listed = process.env['KUBECONFIG']?.split(delimiter).filter((one) => one !== '') ?? [];
  return listed.length > 0 ? listed : [join(homedir(), '.kube', 'config')];
}

/** Names of users, and the files of their tokens; nothing for a file that cannot be read, which is told of elsewhere. */
async function tokenFilesOf(path: string): Promise<readonly (readonly [string, string])[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const parsed = parseYaml(text);
  if (!parsed.ok) return [];
  return objectsAt({ file: [parsed.value] }, 'file')
    .flatMap((file) => objectsAt(file, 'users'))
    .flatMap((entry): readonly (readonly [string, string])[] => {
      const { name, user } = entry;
      const tokenFile = isObject(user) ? textAt(user, 'tokenFile') : undefined;
      return typeof name !== 'string' || tokenFile === undefined || tokenFile === ''
        ? []
        : [[name, resolve(dirname(path), tokenFile)]];
    });
}
