import { buildGate, type Gate, type GateFiles } from '#core/gate-trial/gate.js';
import { ExitWith, UsageError } from '../../command.js';
import type { Io } from '../../io.js';
import { gateFilesOf, isGate } from '../../lint/gate-findings.js';
import { misfitsOf, type Finding } from '../../lint/misfits.js';
import { notAnObject, readManifests, type Manifest } from '../../manifests.js';

/** The flags that say which gate, and with which arguments. */
export interface GateFlags {
  readonly name?: readonly string[];
  readonly arg?: readonly string[];
}

/** Every document of these files, and of the manifests below these folders, where other YAML may lie beside them. */
export async function readAll(io: Io, paths: readonly string[]): Promise<readonly Manifest[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const files = await io.listFiles(path);
      const manifests = await readManifests(files, (file) => io.readText(file));
      const isFolder = files.length !== 1 || files[0] !== path;
      return isFolder ? manifests.filter(({ problem }) => problem !== notAnObject) : manifests;
    }),
  );
  const all = found.flat();
  if (all.length > 0) return all;
  throw new ExitWith(1, `${paths.join(', ')}: there is no object in it, or no .yaml, .yml or .json file`);
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

/** The address of a Prometheus. */
export function addressFlag(text: string): string {
  const isAddress = /^https?:\/\/[^/]/.test(text) && URL.canParse(text);
  if (isAddress) return text;
  throw new UsageError(`--prometheus ${text}: expected an address such as http://localhost:9090`);
}
