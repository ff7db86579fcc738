import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** The settings of a profile in the shared files of AWS: those of `credentials` win over those of `config`. */
export type AwsProfile = Readonly<Record<string, string>>;

/** Every profile of the shared files; a file that is not there has none. */
export async function readProfiles(env: Env): Promise<ReadonlyMap<string, AwsProfile>> {
  const home = env['HOME'] ?? homedir();
  const config = await readIni(env['AWS_CONFIG_FILE'] ?? join(home, '.aws', 'config'));
  const credentials = await readIni(env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, '.aws', 'credentials'));
  const profiles = new Map<string, AwsProfile>();
  for (const [section, settings] of [...config, ...credentials]) {
    const name = section.replace(/^profile\s+/, '');
    profiles.set(name, { ...profiles.get(name), ...settings });
  }
  return profiles;
}

async function readIni(path: string): Promise<readonly (readonly [string, AwsProfile])[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    // Most controllers have no such file: their credentials come from elsewhere.
    return [];
  }
  const sections: [string, Record<string, string>][] = [];
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[\s*(.+?)\s*\]/.exec(line)?.[1];
    const setting = /^([\w.-]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (section !== undefined) sections.push([section, {}]);
    else if (setting !== null) Object.assign(sections.at(-1)?.[1] ?? {}, { [setting[1] ?? '']: setting[2] });
  }
  return sections;
}
