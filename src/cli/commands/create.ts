import type { Command } from 'commander';
import type { AnalysisTemplate, ClusterAnalysisTemplate } from '#api/argoproj/analysis-template.js';
import { labels } from '#api/argoproj/words.js';
import { kindDefinitions } from '#api/definitions.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { apiVersionOf, kinds, type Kind } from '#api/kinds.js';
import { mergeTemplates } from '#core/analysis/templates/merge.js';
import { flattenTemplates } from '#core/analysis/templates/flatten.js';
import { AppError } from '#ports/errors.js';
import { fieldManager } from '../carry-out.js';
import { ExitWith, targetOf, UsageError, withConnection } from '../command.js';
import type { Connection, Io } from '../io.js';
import { judge } from '../lint/judge.js';
import { readManifests, type Manifest } from '../manifests.js';
import { hasColours } from '../print/colour.js';
import { listAll } from '../read-view.js';
import { showObject } from './get.js';

interface Flags {
  readonly filename?: readonly string[];
  readonly watch?: boolean;
  readonly color: boolean;
}

/** `sluice create -f FILE` and `sluice create analysisrun --from TEMPLATE`. */
export function registerCreate(program: Command, io: Io): void {
  const create = program
    .command('create')
    .description('create a rollout, experiment, analysis template or run from a file')
    .option('-f, --filename <file...>', 'files to create from; - is standard input')
    .option('-w, --watch', 'go on showing the object')
    .option('--no-color', 'no colours; also by NO_COLOR in the environment')
    .action(async (flags: Flags) => createFromFiles(create, io, flags));
  registerCreateRun(create, io);
}

async function createFromFiles(command: Command, io: Io, flags: Flags): Promise<void> {
  const files = flags.filename ?? [];
  if (files.length === 0) throw new UsageError("required option '-f, --filename <file...>' not specified");
  const manifests = await readManifests(files, (path) => io.readText(path));
  const objects = manifests.map((manifest) => creatable(manifest));
  const [first] = objects;
  if (flags.watch === true && objects.length !== 1) throw new ExitWith(1, 'Cannot watch multiple resources');
  const watched = flags.watch === true && first !== undefined ? watchable(first) : undefined;
  await withConnection(io, command, async (connection) => {
    const names: string[] = [];
    for (const object of objects) names.push(await createOne(connection, command, io, object));
    if (watched === undefined || first === undefined) return;
    const isColoured = flags.color && hasColours(io);
    const place = { ...connection, namespace: namespaceOf(connection, command, first) };
    await showObject(place, io, watched, names[0] ?? '', { isWatched: true, isColoured });
  });
}

/** The object of a document when it is of a kind of ours and has no field that nobody knows. */
function creatable(manifest: Manifest): UnknownObject {
  const { object, file, line } = manifest;
  if (object === undefined) throw new ExitWith(1, `${file}:${line}: ${manifest.problem}`);
  if (kindOf(object) === undefined)
    throw new ExitWith(1, `creates of ${object.apiVersion}/${object.kind} unsupported`);
  const lost = judge(manifest, [manifest]).find(({ isError }) => !isError);
  if (lost !== undefined) throw new ExitWith(1, `${lost.file}:${lost.line}: ${lost.text}`);
  return object;
}

function kindOf({ apiVersion, kind }: UnknownObject): Kind | undefined {
  return kindDefinitions.find((one) => one.kind.kind === kind && apiVersionOf(one.kind) === apiVersion)?.kind;
}

function watchable({ kind }: UnknownObject): 'rollout' | 'experiment' {
  if (kind === kinds.rollout.kind) return 'rollout';
  if (kind === kinds.experiment.kind) return 'experiment';
  throw new ExitWith(1, 'Can only watch resources of type Rollout or Experiment');
}

/** Gives the name, which the API server may have made. */
async function createOne(
  connection: Connection,
  command: Command,
  io: Io,
  object: UnknownObject,
): Promise<string> {
  const kind = kindOf(object) ?? kinds.rollout;
  const { namespace: _namespace, ...metadata } = object.metadata;
  const place = kind.namespaced ? { namespace: namespaceOf(connection, command, object) } : {};
  const wanted = { ...object, metadata: { ...metadata, ...place } };
  const stored = await connection.kube.create<UnknownObject>(kind, wanted, { fieldManager });
  io.out.write(`${kind.kind.toLowerCase()}.${kind.group}/${stored.metadata.name} created\n`);
  return stored.metadata.name;
}

/** The flag's, else the object's, else the context's. */
function namespaceOf({ namespace }: Connection, command: Command, { metadata }: UnknownObject): string {
  return targetOf(command).namespace ?? metadata.namespace ?? namespace;
}

interface RunFlags {
  readonly from?: string;
  readonly fromFile?: string;
  readonly fromClusterTemplate?: string;
  readonly global?: boolean;
  readonly name?: string;
  readonly generateName?: string;
  readonly instanceId?: string;
  readonly argument?: readonly string[];
}

type Template = AnalysisTemplate | ClusterAnalysisTemplate;

function registerCreateRun(create: Command, io: Io): void {
  const command = create
    .command('analysisrun')
    .alias('ar')
    .description('create an analysis run from a template')
    .option('--from <name>', 'a template of the namespace, or with --global of the cluster')
    .option('--from-cluster-template <name>', 'a template of the cluster, the same as --global --from')
    .option('--from-file <file>', 'a template in a file')
    .option('--global', 'the template is a ClusterAnalysisTemplate')
    .option('--name <name>', 'name of the run')
    .option('--generate-name <prefix>', 'beginning of its name; default that of the template')
    .option('-a, --argument <name=value...>', 'a value for an argument of the template')
    .option('--instance-id <id>', 'the controller that is to run it')
    .action(async (flags: RunFlags) => {
      const args = (flags.argument ?? []).map(parseArgument);
      if (
        [flags.from, flags.fromFile, flags.fromClusterTemplate].filter((one) => one !== undefined).length !==
        1
      )
        throw new ExitWith(1, 'one of --from or --from-file must be specified');
      await withConnection(io, command, async (connection) => {
        const template = await findTemplate(connection, io, flags);
        const run = await runOf(connection, template, args, flags);
        const stored = await connection.kube.create<UnknownObject>(kinds.analysisRun, run, { fieldManager });
        io.out.write(`analysisrun.argoproj.io/${stored.metadata.name} created\n`);
      });
    });
}

function parseArgument(text: string): { readonly name: string; readonly value: string } {
  const equals = text.indexOf('=');
  if (equals <= 0) throw new ExitWith(1, 'arguments must be in the form NAME=VALUE');
  return { name: text.slice(0, equals), value: text.slice(equals + 1) };
}

async function findTemplate({ kube, namespace }: Connection, io: Io, flags: RunFlags): Promise<Template> {
  const { fromFile, fromClusterTemplate, from = fromClusterTemplate ?? '', global = false } = flags;
  const isGlobal = global || fromClusterTemplate !== undefined;
  const kind = isGlobal ? kinds.clusterAnalysisTemplate : kinds.analysisTemplate;
  if (fromFile !== undefined) return templateOfFile(io, fromFile, kind);
  const key = isGlobal ? { kind, name: from } : { kind, namespace, name: from };
  const found = await kube.get<Template>(key);
  if (found !== undefined) return found;
  throw new AppError('KubeNotFound', `${kind.plural}.${kind.group} "${from}" not found`);
}

async function templateOfFile(io: Io, file: string, kind: Kind): Promise<Template> {
  const [manifest] = await readManifests([file], (path) => io.readText(path));
  if (manifest === undefined) throw new ExitWith(1, `${file}: there is no template in it`);
  const object = creatable(manifest);
  if (object.kind !== kind.kind)
    throw new ExitWith(1, `${file}: expected a ${kind.kind}, found a ${object.kind}; see --global`);
  // Checked against its schema before it is made, by the API server after.
  return object as unknown as Template;
}

/** The run that a template gives with these arguments, whatever other templates it names put in. */
async function runOf(
  connection: Connection,
  template: Template,
  args: readonly { readonly name: string; readonly value: string }[],
  { name, generateName, instanceId }: RunFlags,
) {
  const hasMore = (template.spec.templates ?? []).length > 0;
  const isCluster = template.kind === kinds.clusterAnalysisTemplate.kind;
  const others = {
    namespaced: hasMore ? await listAll<AnalysisTemplate>(connection, kinds.analysisTemplate) : [],
    cluster: hasMore
      ? await listAll<ClusterAnalysisTemplate>({ kube: connection.kube }, kinds.clusterAnalysisTemplate)
      : [],
  };
  const table = isCluster ? 'cluster' : 'namespaced';
  const tables = { ...others, [table]: [template, ...others[table]] };
  const flat = flattenTemplates([{ templateName: template.metadata.name, clusterScope: isCluster }], tables);
  if (!flat.ok) throw new ExitWith(1, flat.message);
  const spec = mergeTemplates(flat.value, { args, dryRun: [], measurementRetention: [] });
  if (!spec.ok) throw new ExitWith(1, spec.message);
  const named =
    name === undefined ? { generateName: generateName ?? `${template.metadata.name}-` } : { name };
  const owner = instanceId === undefined ? {} : { labels: { [labels.controllerInstanceId]: instanceId } };
  return {
    apiVersion: apiVersionOf(kinds.analysisRun),
    kind: kinds.analysisRun.kind,
    metadata: { namespace: connection.namespace, ...named, ...owner },
    spec: spec.value,
  };
}
