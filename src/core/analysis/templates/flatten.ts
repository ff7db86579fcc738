import type { AnalysisTemplate, ClusterAnalysisTemplate } from '#api/argoproj/analysis-template.js';
import type { AnalysisTemplateRef } from '#api/argoproj/rollout.js';
import { done, failed, type Outcome, type TemplateTables } from '../run-model.js';

/** The templates that a list of references stands for, without repetitions, nested ones behind those that name them. */
export interface FlatTemplates {
  readonly namespaced: readonly AnalysisTemplate[];
  readonly cluster: readonly ClusterAnalysisTemplate[];
}

type Found = AnalysisTemplate | ClusterAnalysisTemplate;

/**
 * Follows references depth first. A template that is missing, and templates that reference each other in a circle, are
 * named in the message (the peer follows a circle without end).
 */
export function flattenTemplates(
  refs: readonly AnalysisTemplateRef[],
  tables: TemplateTables,
): Outcome<FlatTemplates> {
  const found = new Map<string, Found>();
  const problem = collect(refs, tables, { found, path: [] });
  if (problem !== undefined) return failed(problem);
  const all = [...found.values()];
  return done({
    namespaced: all.filter((template) => !isCluster(template)),
    cluster: all.filter(isCluster),
  });
}

interface Walk {
  readonly found: Map<string, Found>;
  /** Subjects of the templates between the first reference and here. */
  readonly path: readonly string[];
}

function collect(
  refs: readonly AnalysisTemplateRef[],
  tables: TemplateTables,
  walk: Walk,
): string | undefined {
  for (const ref of refs) {
    const subject = subjectOfRef(ref);
    if (walk.path.includes(subject)) {
      const circle = [...walk.path.slice(walk.path.indexOf(subject)), subject].join(' -> ');
      return `analysis templates reference each other in a circle: ${circle}`;
    }
    if (walk.found.has(subject)) continue;
    const template = lookUp(ref, tables);
    if (template === undefined) return missingTemplate(ref);
    walk.found.set(subject, template);
    const nested = template.spec.templates ?? [];
    const problem = collect(nested, tables, { found: walk.found, path: [...walk.path, subject] });
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The words for a reference to a template that is not there. */
function missingTemplate(ref: AnalysisTemplateRef): string {
  return ref.clusterScope === true
    ? `ClusterAnalysisTemplate '${ref.templateName}' not found`
    : `AnalysisTemplate '${ref.templateName}' not found`;
}

function lookUp(ref: AnalysisTemplateRef, tables: TemplateTables): Found | undefined {
  const table: readonly Found[] = ref.clusterScope === true ? tables.cluster : tables.namespaced;
  return table.find((template) => template.metadata.name === ref.templateName);
}

function subjectOfRef(ref: AnalysisTemplateRef): string {
  return `${ref.clusterScope === true ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate'}/${ref.templateName}`;
}

function isCluster(template: Found): template is ClusterAnalysisTemplate {
  return template.kind === 'ClusterAnalysisTemplate';
}
