import { buildGate, type Gate, type GateFiles } from '#core/gate-trial/gate.js';
import { ExitWith, UsageError } from '../../command.js';
import type { Io } from '../../io.js';
import { gateFilesOf, isGate } from '../../lint/gate-findings.js';
import { misfitsOf, type Finding } from '../../lint/misfits.js';
import { readManifests, type Manifest } from '../../manifests.js';

/** The flags that say which gate, and with which arguments. */
export interface GateFlags {
  readonly name?: readonly string[];
  readonly arg?: readonly string[];
}

/** Every document of these files, and of the manifests below these folders. */
export async function readAll(io: Io, paths: readonly string[]): Promise<readonly Manifest[]> {
  const files = (await Promise.all(paths.map((path) => io.listFiles(path)))).flat();
  if (files.length === 0) throw new ExitWith(1, `${paths.join(', ')}: there is no .yaml, .yml or .json file`);
  return readManifests(files, (path) => io.readText(path));
}

/** What these files hold of gates. Ends the command where a document is no good, naming file and line. */
export async function readGateFiles(io: Io, paths: readonly string[]): Promise<GateFiles> {
  const manifests = (await readAll(io, paths)).filter(({ object }) => object === undefined || isGate(object));
  refuse(io, manifests.flatMap(misfitsOf));
  return gateFilesOf(manifests);
}

/** The gate that is meant of these files. Ends the command when there is none, saying what to do. */
export function chooseGate(files: GateFiles, paths: readonly string[], flags: GateFlags): Gate {
  const gate = buildGate(files, { names: flags.name ?? [], args: readArgFlags(flags.arg ?? []) });
  if (gate.ok) return gate.value;
  throw new ExitWith(1, `${paths.join(', ')}: ${gate.message}`);
}

/** `--arg name=value`, each name once. */
function readArgFlags(given: readonly string[]): Readonly<Record<string, string>> {
  const args: Record<string, string> = {};
  for (const text of given) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      throw new UsageError(`--arg ${text}: expected NAME=VALUE, for instance --arg service=checkout`);
    }
    if (Object.hasOwn(args, name)) throw new UsageError(`--arg ${name}: is given twice`);
    args[name] = value;
  }
  return args;
}

/** Prints what is wrong and ends the command, if anything is. */
function refuse(io: Io, findings: readonly Finding[]): void {
  if (findings.length === 0) return;
  for (const { file, line, column, text } of findings)
    io.err.write(`${file}:${line}:${column}: error: ${text}\n`);
  throw new ExitWith(1);
}
