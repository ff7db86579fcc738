import type { Kustomization, KustomizationSpec } from '#api/flux/kustomization.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { compileCel, type CompiledCel } from '#core/cel/cel.js';
import { numberAt, objectAt } from '#core/json/read.js';
import type { Health } from '#core/health/rule.js';
import { groupOf } from '#core/kube/object.js';

type HealthExpression = NonNullable<KustomizationSpec['healthCheckExprs']>[number];

const questions = ['inProgress', 'failed', 'current'] as const;
/** What `readyExpr` may name. */
const dependencyVariables = ['dep', 'self'];

/** What is wrong with the expressions of a spec; `undefined` when each can be asked. */
export function expressionProblem({
  healthCheckExprs = [],
  dependsOn = [],
}: KustomizationSpec): string | undefined {
  const seen = new Set<string>();
  for (const entry of healthCheckExprs) {
    const id = `${groupOf(entry.apiVersion)}/${entry.kind ?? '*'}`;
    if (seen.has(id)) return `duplicate healthCheckExprs for ${id}`;
    seen.add(id);
    for (const question of questions) {
      const text = entry[question];
      const compiled = text === undefined ? undefined : compiledCel(text);
      if (compiled?.ok === false) {
        return `failed to create custom status evaluator for ${id}: ${question}: ${compiled.message}`;
      }
    }
  }
  for (const { name, readyExpr } of dependsOn) {
    const compiled = readyExpr === undefined ? undefined : compiledCel(readyExpr, dependencyVariables);
    if (compiled?.ok === false) {
      return `failed to parse expression for dependency ${name}: ${compiled.message}`;
    }
  }
  return undefined;
}

/** The expressions that say how healthy objects of this kind, else of its group, are; `undefined` when the spec has none. */
export function expressionsFor(
  { apiVersion, kind }: Pick<UnknownObject, 'apiVersion' | 'kind'>,
  { healthCheckExprs = [] }: KustomizationSpec,
): HealthExpression | undefined {
  const ofGroup = healthCheckExprs.filter((entry) => groupOf(entry.apiVersion) === groupOf(apiVersion));
  return ofGroup.find((entry) => entry.kind === kind) ?? ofGroup.find((entry) => entry.kind === undefined);
}

/** The health that expressions give; an expression that cannot be answered leaves it unknown. */
export function healthByExpressions(object: UnknownObject, entry: HealthExpression): Health {
  if (object.metadata.deletionTimestamp !== undefined) {
    return { status: 'Terminating', message: 'is being deleted' };
  }
  const observed = numberAt(objectAt(object, 'status'), 'observedGeneration');
  const { generation } = object.metadata;
  if (observed !== undefined && generation !== undefined && observed !== generation) {
    return {
      status: 'InProgress',
      message: `generation is ${generation}, but latest observed generation is ${observed}`,
    };
  }
  for (const question of questions) {
    const text = entry[question];
    if (text === undefined) continue;
    const compiled = compiledCel(text);
    const answer = compiled.ok ? compiled.expression.evaluate(object) : compiled;
    if (!answer.ok) return { status: 'Unknown', message: `${question}: ${answer.message}` };
    if (answer.value) return verdicts[question];
  }
  return { status: 'InProgress', message: '' };
}

const verdicts: Readonly<Record<(typeof questions)[number], Health>> = {
  inProgress: { status: 'InProgress', message: '' },
  failed: { status: 'Failed', message: 'by healthCheckExprs' },
  current: { status: 'Current', message: '' },
};

/** Whether the expression of a dependency holds; a question that cannot be answered is no yes. */
export function isReadyByExpression(text: string, dep: Kustomization, self: Kustomization): boolean {
  const compiled = compiledCel(text, dependencyVariables);
  if (!compiled.ok) return false;
  const answer = compiled.expression.evaluate({ dep, self });
  return answer.ok && answer.value;
}

const most = 500;
const compiledByText = new Map<string, CompiledCel>();

/** Every pass asks the same expressions. */
function compiledCel(text: string, names?: readonly string[]): CompiledCel {
  const id = `${names?.join() ?? ''}|${text}`;
  const known = compiledByText.get(id);
  if (known !== undefined) return known;
  if (compiledByText.size >= most) compiledByText.clear();
  const compiled = compileCel(text, names);
  compiledByText.set(id, compiled);
  return compiled;
}
