import { buildCrd } from '#api/crd.js';
import { kindDefinitions } from '#api/definitions.js';
import { printYaml } from '#core/yaml/yaml.js';
import { routerSchemas } from '#providers/index.js';

export interface GeneratedFile {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** The CustomResourceDefinitions of every kind, each in a file of its own. */
export function renderCrds(): readonly GeneratedFile[] {
  return definitions().map(({ kind, crd }) => ({
    path: `crds/${kind.group}_${kind.plural}.yaml`,
    text: `# Written by \`make generate\` from src/api and providers; do not edit.\n${printYaml(crd)}`,
  }));
}

/** The same definitions as the chart takes them: JSON, as none reads them there. */
export function renderChartCrds(): readonly GeneratedFile[] {
  return definitions().map(({ kind, crd }) => ({
    path: `deploy/chart/files/crds/${kind.group}_${kind.plural}.json`,
    text: `${JSON.stringify(crd)}\n`,
  }));
}

function definitions() {
  return kindDefinitions.map((definition) => ({
    kind: definition.kind,
    crd: buildCrd(definition, routerSchemas),
  }));
}

/** What lets `kubectl apply -k` take the folder; without an ending, so that `kubectl apply -f` passes over it. */
export function renderCrdsKustomization(): GeneratedFile {
  const resources = renderCrds().map(({ path }) => path.slice('crds/'.length));
  const file = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources };
  return {
    path: 'crds/Kustomization',
    text: `# Written by \`make generate\`; do not edit.\n${printYaml(file)}`,
  };
}
