import { spawn } from 'node:child_process';
import { timingSafeEqual } from 'node:crypto';
import ssh2, { type ParsedKey } from 'ssh2';

/** An SSH server on loopback that runs `git-upload-pack` for whoever has the key. */
export interface SshGitServer {
  readonly port: number;
  /** Names of users that logged in. */
  readonly users: string[];
  /** The line of known_hosts for it. */
  readonly knownHosts: string;
  close(): void;
}

/** A key pair as a Secret holds it. */
export interface SshKey {
  readonly identity: string;
  readonly public: string;
}

/** A new key; the library writes one in some hundreds so that nobody reads it, and then another is made. */
export function makeSshKey(passphrase?: string): SshKey {
  const { private: identity, public: open } =
    passphrase === undefined
      ? ssh2.utils.generateKeyPairSync('ed25519')
      : ssh2.utils.generateKeyPairSync('ed25519', { passphrase, cipher: 'aes256-ctr', rounds: 4 });
  const isReadable = !(ssh2.utils.parseKey(identity, passphrase) instanceof Error);
  return isReadable ? { identity, public: open } : makeSshKey(passphrase);
}

/** Serves the repositories below a directory. @param allowed - public keys that may log in. */
export function serveGitOverSsh(directory: string, allowed: readonly string[]): Promise<SshGitServer> {
  const host = makeSshKey();
  const users: string[] = [];
  const server = new ssh2.Server({ hostKeys: [host.identity] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      const isKnown =
        context.method === 'publickey' && allowed.some((line) => isSame(line, context.key.data));
      if (!isKnown) return context.reject(['publickey']);
      users.push(context.username);
      context.accept();
    });
    client.on('ready', () => client.on('session', (accept) => serve(directory, accept())));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      const [type = '', blob = ''] = host.public.split(' ');
      const knownHosts = `[127.0.0.1]:${port} ${type} ${blob}\n`;
      resolve({ port, users, knownHosts, close: () => void server.close() });
    });
  });
}

function serve(directory: string, session: ssh2.Session): void {
  session.on('exec', (accept, reject, { command }) => {
    const path = /^git-upload-pack '\/?([\w./-]+)'$/.exec(command)?.[1];
    if (path === undefined) {
      reject?.();
      return;
    }
    const stream = accept();
    const child = spawn('git', ['-c', 'safe.directory=*', 'upload-pack', `${directory}/${path}`], {
      env: { PATH: process.env['PATH'], HOME: directory },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    stream.pipe(child.stdin);
    child.stdin.on('error', () => undefined);
    child.stdout.pipe(stream, { end: false });
    child.stderr.pipe(stream.stderr, { end: false });
    child.on('close', (code) => {
      stream.exit(code ?? 1);
      stream.end();
    });
  });
  session.on('env', (accept) => accept?.());
}

function isSame(line: string, data: Buffer): boolean {
  const key = ssh2.utils.parseKey(line) as ParsedKey;
  const known = key.getPublicSSH();
  return known.length === data.length && timingSafeEqual(known, data);
}
