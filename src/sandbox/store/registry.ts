import type { UnknownObject } from '#api/k8s/meta.js';
import { builtinResources } from './builtin/resources.js';
import { resourceOfCrd } from './crd/resource.js';
import type { Resource, ResourceType } from './resource-type.js';

/** Which kinds are served. CRDs come and go; the built-in ones stay. */
export class Registry {
  readonly #byName = new Map<string, ResourceType>();

  constructor() {
    for (const type of builtinResources()) this.#byName.set(nameOf(type.group, type.plural), type);
  }

  /** `undefined` when the group does not serve such a resource in that version. */
  find(group: string, version: string, plural: string): Resource | undefined {
    const type = this.#byName.get(nameOf(group, plural));
    return type?.versions.includes(version) === true ? { type, version } : undefined;
  }

  /** By kind name; the version need not be the preferred one. */
  findKind(group: string, version: string, kind: string): Resource | undefined {
    for (const type of this.#byName.values()) {
      if (type.group === group && type.kind === kind && type.versions.includes(version))
        return { type, version };
    }
    return undefined;
  }

  types(): readonly ResourceType[] {
    return [...this.#byName.values()];
  }

  /** Serves what an established CRD defines, in place of what it defined before. */
  define(crd: UnknownObject): void {
    const type = resourceOfCrd(crd);
    this.#byName.set(nameOf(type.group, type.plural), type);
  }

  forget(crd: UnknownObject): ResourceType {
    const type = resourceOfCrd(crd);
    this.#byName.delete(nameOf(type.group, type.plural));
    return type;
  }
}

function nameOf(group: string, plural: string): string {
  return `${group}/${plural}`;
}
