import { kindDefinitions } from '#api/definitions.js';
import { kinds } from '#api/kinds.js';
import { printYaml } from '#core/yaml/yaml.js';
import type { GeneratedFile } from './crds.js';

const read = ['get', 'list', 'watch'] as const;
const write = ['create', 'update', 'patch', 'delete', 'deletecollection'] as const;

/**
 * What the cluster's own roles `view`, `edit` and `admin` gain: the kinds of releases. Sources and Kustomizations are only
 * shown to them, as they are applied with the rights of the controllers.
 */
export function renderAggregateRoles(): readonly GeneratedFile[] {
  const of = (isOfReleases: boolean) =>
    kindDefinitions.filter(({ kind }) => (kind.group === kinds.rollout.group) === isOfReleases);
  const resources = (isOfReleases: boolean, subs: readonly string[]): readonly string[] =>
    of(isOfReleases).flatMap(({ kind, scale }) => [
      kind.plural,
      ...subs.filter((sub) => sub !== 'scale' || scale !== undefined).map((sub) => `${kind.plural}/${sub}`),
    ]);
  const groups = [...new Set(of(false).map(({ kind }) => kind.group))];
  const releases = { apiGroups: [kinds.rollout.group] };
  const viewed = [
    { ...releases, resources: resources(true, ['scale', 'status']), verbs: read },
    { apiGroups: groups, resources: resources(false, ['status']), verbs: read },
  ];
  const edited = [
    ...viewed,
    // A person promotes, aborts and retries by fields of the status.
    { ...releases, resources: resources(true, ['scale', 'status']), verbs: write },
  ];
  const roles = { admin: edited, edit: edited, view: viewed };
  return [
    { path: 'deploy/base/aggregate-roles.yaml', text: Object.entries(roles).map(document).join('---\n') },
    { path: 'deploy/chart/files/aggregate-rules.yaml', text: `${writtenBy}\n${printYaml(roles)}` },
  ];
}

const writtenBy = '# Written by `make generate` from the kinds in src/api; do not edit.';

function document([role, rules]: readonly [string, readonly object[]]): string {
  const labels = {
    'app.kubernetes.io/name': 'sluice',
    [`rbac.authorization.k8s.io/aggregate-to-${role}`]: 'true',
  };
  const metadata = { name: `sluice-aggregate-to-${role}`, labels };
  const body = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata, rules };
  return `${role === 'admin' ? `${writtenBy}\n` : ''}${printYaml(body)}`;
}
