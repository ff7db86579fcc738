import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';

/** Why a file cannot be started as a plugin; `undefined` when it can. */
export async function findFileProblem(path: string, sha256: string | undefined): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    return code === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be executed by this controller`;
  }
  if (sha256 === undefined) return undefined;
  try {
    const actual = await sha256Of(path);
    return actual === sha256 ? undefined : `the sha256 of ${path} is ${actual}, but ${sha256} is configured`;
  } catch (thrown) {
    return `${path} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer); // a stream of bytes
  return hash.digest('hex');
}
