import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { joinPath, type FileTree } from '#core/gitops/file-tree.js';
import { AppError } from '#ports/errors.js';
import type { Renderer } from '#ports/renderer.js';

export interface KustomizeOptions {
  /** A `kustomize` or `kubectl` binary; looked up in PATH when it is no path. */
  readonly binary: string;
  /** Default 60 s. */
  readonly timeoutMs?: number;
}

const maxOutputBytes = 64 * 1024 * 1024;
const maxErrorBytes = 16 * 1024;

/** Renders with a real kustomize: no shell, nothing of our environment but PATH, an own home, bounded time and output. */
export function createKustomizeBinary({ binary, timeoutMs = 60_000 }: KustomizeOptions): Renderer {
  const isKubectl = basename(binary).startsWith('kubectl');
  return {
    async render(tree, directory) {
      const home = await mkdtemp(join(tmpdir(), 'sluice-kustomize-'));
      try {
        const root = join(home, 'source');
        await writeTree(root, tree);
        const verb = isKubectl ? 'kustomize' : 'build';
        const args = [verb, '--load-restrictor=LoadRestrictionsNone', join(root, directory)];
        return await run({ binary, args, home, timeoutMs, root });
      } finally {
        await rm(home, { recursive: true, force: true });
      }
    },
  };
}

/** Whatever a source may have that makes kustomize, or a git that it starts, fetch something leads nowhere. */
const nowhere = {
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  NO_PROXY: '',
  GIT_ALLOW_PROTOCOL: 'none',
};

/** A program `kustomize` in one of the folders of PATH. */
export function findKustomize(path = ''): string | undefined {
  const places = path.split(delimiter).filter((folder) => folder !== '');
  return places.map((folder) => join(folder, 'kustomize')).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // It is not there, or not ours to start.
    return false;
  }
}

async function writeTree(root: string, tree: FileTree): Promise<void> {
  await mkdir(root, { recursive: true });
  for (const { path, content } of tree.values()) {
    const safe = joinPath('', path);
    if (safe === undefined) throw new AppError('ArtifactCorrupt', `artifact: "${path}" leaves the tree`);
    await mkdir(join(root, dirname(safe)), { recursive: true });
    await writeFile(join(root, safe), content, { mode: 0o600 });
  }
}

interface Call {
  readonly binary: string;
  readonly args: readonly string[];
  readonly home: string;
  readonly root: string;
  readonly timeoutMs: number;
}

function run({ binary, args, home, root, timeoutMs }: Call): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, [...args], {
      cwd: home,
      env: { PATH: process.env['PATH'], HOME: home, ...nowhere },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    const out: Buffer[] = [];
    let size = 0;
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxOutputBytes) child.kill('SIGKILL');
      else out.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-maxErrorBytes);
    });
    child.on('error', (cause) => {
      reject(notStarted(binary, cause));
    });
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(out).toString());
      const limit =
        size > maxOutputBytes ? 'it printed too much' : `it took longer than ${timeoutMs / 1000}s`;
      const why = signal === null ? summary(errors, root) : limit;
      reject(new AppError('BuildFailed', `kustomize build failed: ${why}`));
    });
  });
}

function notStarted(binary: string, cause: Error): AppError {
  const isMissing = 'code' in cause && cause.code === 'ENOENT';
  return isMissing
    ? new AppError(
        'ToolMissing',
        `kustomize: "${binary}" was not found; install it or change --kustomize-binary`,
        { cause },
      )
    : new AppError('BuildFailed', `kustomize: "${binary}" did not start: ${cause.message}`, { cause });
}

/** What kustomize said, with paths of the source instead of our folders. */
function summary(errors: string, root: string): string {
  const lines = errors.split('\n').filter((line) => line !== '' && !line.startsWith('# Warning'));
  return lines.join('; ').replaceAll(`${root}/`, '').replaceAll(root, '.').slice(0, 1000);
}
