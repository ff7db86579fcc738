import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Tells tales of one mode in a process of its own. Resolves with what it said when one failed, else with `''`. */
export function tell(mode: string, count: number, seed: number): Promise<string> {
  const program = fileURLToPath(new URL('run.ts', import.meta.url));
  const args = ['--import=tsx', program, mode, String(count), String(seed)];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, _stdout, stderr) => resolve(error === null ? '' : stderr));
  });
}
