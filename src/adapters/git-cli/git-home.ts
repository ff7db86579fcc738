import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GitAccess, GitCredentials } from '#ports/git-remote.js';

/** A private home directory for one piece of work: credentials are files in it, never arguments or parts of a URL. */
export interface GitHome {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  dispose(): Promise<void>;
}

/** Which algorithms ssh may use. */
export interface SshAlgorithms {
  readonly keyExchange?: readonly string[];
  readonly hostKey?: readonly string[];
}

/** Makes the home for one access; its files are readable by this user alone. */
export async function makeGitHome(
  { url, credentials }: GitAccess,
  algorithms: SshAlgorithms = {},
): Promise<GitHome> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-git-'));
  const put = async (name: string, content: string, mode = 0o600) => {
    const path = join(directory, name);
    await writeFile(path, content, { mode });
    return path;
  };
  const config: string[] = [];
  await putHttp(credentials, url, put, config);
  const ssh = await sshEnvironment(credentials, algorithms, put);
  await put('.gitconfig', config.join('\n'));
  return {
    directory,
    environment: {
      HOME: directory,
      XDG_CONFIG_HOME: directory,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ALLOW_PROTOCOL: 'http:https:ssh',
      GIT_LFS_SKIP_SMUDGE: '1',
      LC_ALL: 'C',
      ...ssh,
    },
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
}

type Put = (name: string, content: string, mode?: number) => Promise<string>;

async function putHttp(credentials: GitCredentials, url: string, put: Put, config: string[]): Promise<void> {
  const { basic, bearerToken, caCertificate, clientCertificate, proxy } = credentials;
  const origin = /^https?:/.test(url) ? new URL(url).origin : undefined;
  config.push('[credential]', '\thelper =');
  if (basic !== undefined && origin !== undefined) {
    const login = `${encodeURIComponent(basic.username)}:${encodeURIComponent(basic.password)}`;
    await put('.git-credentials', `${origin.replace('://', `://${login}@`)}\n`);
    config.push('\thelper = store');
  }
  if (bearerToken !== undefined && origin !== undefined) {
    config.push(
      `[http "${origin}/"]`,
      `\textraHeader = ${quote(`Authorization: Bearer ${bearerToken.trim()}`)}`,
    );
  }
  config.push('[http]', '\tfollowRedirects = initial');
  if (caCertificate !== undefined) config.push(`\tsslCAInfo = ${quote(await put('ca.crt', caCertificate))}`);
  if (clientCertificate !== undefined) {
    config.push(`\tsslCert = ${quote(await put('tls.crt', clientCertificate.certificate))}`);
    config.push(`\tsslKey = ${quote(await put('tls.key', clientCertificate.key))}`);
  }
  if (proxy !== undefined) config.push(`\tproxy = ${quote(proxyUrl(proxy))}`);
}

function proxyUrl({ address, username, password }: NonNullable<GitCredentials['proxy']>): string {
  const url = new URL(address);
  if (username !== undefined) url.username = username;
  if (password !== undefined) url.password = password;
  return url.toString();
}

async function sshEnvironment(
  { ssh }: GitCredentials,
  { keyExchange = [], hostKey = [] }: SshAlgorithms,
  put: Put,
): Promise<Record<string, string>> {
  if (ssh === undefined) return { GIT_SSH_COMMAND: 'ssh -F /dev/null -o BatchMode=yes' };
  const identity = await put('identity', ssh.identity.endsWith('\n') ? ssh.identity : `${ssh.identity}\n`);
  const knownHosts = await put('known_hosts', ssh.knownHosts);
  const options = [
    `IdentityFile=${identity}`,
    'IdentitiesOnly=yes',
    `UserKnownHostsFile=${knownHosts}`,
    'GlobalKnownHostsFile=/dev/null',
    'StrictHostKeyChecking=yes',
    'PasswordAuthentication=no',
    'KbdInteractiveAuthentication=no',
    ...(ssh.passphrase === undefined ? ['BatchMode=yes'] : []),
    ...(keyExchange.length === 0 ? [] : [`KexAlgorithms=${keyExchange.join(',')}`]),
    ...(hostKey.length === 0 ? [] : [`HostKeyAlgorithms=${hostKey.join(',')}`]),
  ];
  const command = `ssh -F /dev/null ${options.map((option) => `-o ${option}`).join(' ')}`;
  if (ssh.passphrase === undefined) return { GIT_SSH_COMMAND: command };
  const passphrase = await put('passphrase', ssh.passphrase);
  const askpass = await put('askpass', `#!/bin/sh\nexec cat "${passphrase}"\n`);
  await chmod(askpass, 0o700);
  return { GIT_SSH_COMMAND: command, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':' };
}

/** A value of a git configuration file. */
function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '')}"`;
}
