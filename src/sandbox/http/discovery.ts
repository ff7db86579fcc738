import type { ResourceType } from '#sandbox/store/resource-type.js';
import { comparePriority } from '#sandbox/store/crd/resource.js';

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const;

interface GroupVersions {
  readonly group: string;
  readonly versions: readonly string[];
  readonly types: readonly ResourceType[];
}

/** The groups with their versions, preferred first; the core group is named `''`. */
export function groupsOf(types: readonly ResourceType[]): readonly GroupVersions[] {
  const names = [...new Set(types.map((type) => type.group))];
  return names.map((group) => {
    const own = types.filter((type) => type.group === group);
    const versions = [...new Set(own.flatMap((type) => type.versions))].sort(comparePriority);
    return { group, versions, types: own };
  });
}

/** The body of `/api`. */
export const coreVersions = {
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [],
} as const;

/** The body of `/apis`. */
export function groupList(types: readonly ResourceType[]): unknown {
  const groups = groupsOf(types).filter(({ group }) => group !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupEntry) };
}

/** The body of `/apis/<group>`; `undefined` when the group is not served. */
export function groupBody(types: readonly ResourceType[], name: string): unknown {
  const found = groupsOf(types).find(({ group }) => group === name);
  return found === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(found) };
}

function groupEntry({ group, versions }: GroupVersions): object {
  const entries = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: entries, preferredVersion: entries[0] };
}

/** The body of `/apis/<group>/<version>`; `undefined` when it is not served. */
export function resourceList(types: readonly ResourceType[], group: string, version: string): unknown {
  const served = types.filter((type) => type.group === group && type.versions.includes(version));
  if (served.length === 0) return undefined;
  const groupVersion = group === '' ? version : `${group}/${version}`;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: served.flatMap(resourceEntries),
  };
}

function resourceEntries(type: ResourceType): readonly object[] {
  const { plural, singular, namespaced, kind, shortNames, categories } = type;
  const main = {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs: verbsOf(type),
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
  };
  const others = subresourcesOf(type).map((sub) => ({
    name: `${plural}/${sub.name}`,
    singularName: '',
    namespaced,
    ...(sub.group === type.group ? {} : { group: sub.group, version: sub.version }),
    kind: sub.kind,
    verbs: sub.verbs,
  }));
  return [main, ...others];
}

function verbsOf(type: ResourceType): readonly string[] {
  return type.createOnly ? ['create'] : allVerbs;
}

interface Subresource {
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

function subresourcesOf(type: ResourceType): readonly Subresource[] {
  const own = { group: type.group, version: type.versions[0] ?? '', kind: type.kind };
  const write = ['get', 'patch', 'update'];
  return [
    ...(type.hasStatus ? [{ ...own, name: 'status', verbs: write }] : []),
    ...(type.scale === undefined
      ? []
      : [{ name: 'scale', group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: write }]),
    ...type.otherSubresources.map((name) => otherSubresource(own, name)),
  ];
}

function otherSubresource(own: Omit<Subresource, 'name' | 'verbs'>, name: string): Subresource {
  if (name === 'eviction')
    return { name, group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] };
  if (name === 'token')
    return { name, group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', verbs: ['create'] };
  return { ...own, name, verbs: name === 'log' ? ['get'] : ['update'] };
}

/** Content type of the aggregated documents. */
export const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Everything below `/api` (core) or `/apis` in one document. */
export function aggregated(types: readonly ResourceType[], isCore: boolean): unknown {
  const groups = groupsOf(types).filter(({ group }) => (group === '') === isCore);
  const items = groups.map(({ group, versions, types: own }) => ({
    metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
    versions: versions.map((version) => ({
      version,
      resources: own
        .filter((type) => type.versions.includes(version))
        .map((type) => aggregatedResource(type, version)),
      freshness: 'Current',
    })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function aggregatedResource(type: ResourceType, version: string): object {
  const { group, kind, plural, singular, namespaced, shortNames, categories } = type;
  const subresources = subresourcesOf(type).map((sub) => ({
    subresource: sub.name,
    responseKind: { group: sub.group, version: sub.group === group ? version : sub.version, kind: sub.kind },
    verbs: sub.verbs,
  }));
  return {
    resource: plural,
    responseKind: { group, version, kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: verbsOf(type),
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  };
}
