import { parseScenarios, type Scenario } from '#core/gate-trial/scenarios.js';
import type { DataProblem } from '#core/gate-trial/series.js';
import { locateFields } from '#core/yaml/field-lines.js';
import { parseYaml } from '#core/yaml/yaml.js';
import { ExitWith } from '../../command.js';
import type { Io } from '../../io.js';

/** A data file that was read. */
export interface DataFile {
  readonly file: string;
  readonly scenarios: readonly Scenario[];
  /** Prints problems with their lines and ends the command, if there are any. */
  readonly refuse: (problems: readonly DataProblem[]) => void;
}

/** Reads a data file. Ends the command where it is no good, naming file and line. */
export async function readScenarios(io: Io, file: string): Promise<DataFile> {
  const { value, refuse } = await readYamlFile(io, file);
  const parsed = parseScenarios(value);
  if (parsed.ok) return { file, scenarios: parsed.value, refuse };
  refuse(parsed.problems);
  throw new ExitWith(1, `${file}: cannot be read`);
}

/** A file of one YAML document, and how to say what is wrong with it. */
export interface YamlFile {
  readonly value: unknown;
  readonly refuse: (problems: readonly DataProblem[]) => void;
}

/** Reads a file of one YAML document. Ends the command when it is none. */
export async function readYamlFile(io: Io, file: string): Promise<YamlFile> {
  const text = await io.readText(file);
  if (text.trim() === '') throw new ExitWith(1, `${file}: is empty`);
  // A metric may well be named y or n.
  const yaml = parseYaml(text, 'kustomize');
  if (!yaml.ok) throw new ExitWith(1, `${file}:${yaml.problem.line ?? 1}: no YAML: ${yaml.problem.message}`);
  if (yaml.value === null || yaml.value === undefined) throw new ExitWith(1, `${file}: is empty`);
  const locate = locateFields(text);
  const refuse = (problems: readonly DataProblem[]): void => {
    for (const { path, message } of problems) {
      const what = path === '' ? message : `${path} ${message}`;
      io.err.write(`${file}:${locate(path).line}: error: ${what}\n`);
    }
    if (problems.length > 0) throw new ExitWith(1);
  };
  return { value: yaml.value, refuse };
}
