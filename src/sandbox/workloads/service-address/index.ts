import type { Service } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import type { ControllerDefinition } from '#runtime/controller/definition.js';
import type { WorkloadDecision } from '../action.js';
import { defineWorkload, type WorkloadDeps, watchSelf } from '../workload.js';

interface AddressSnapshot {
  readonly service: Service;
  readonly taken: ReadonlySet<string>;
}

/**
 * Gives every Service an address in 10.96.0.0/16, as an API server does at its creation. Nothing listens there: the gateway
 * answers to the Service's name.
 */
export function serviceAddressController(deps: WorkloadDeps): ControllerDefinition {
  return defineWorkload<Service & { readonly status?: unknown }, AddressSnapshot>(
    {
      name: 'serviceaddress',
      kind: kinds.service,
      watches: [watchSelf(kinds.service)],
      observe: (service, cache) => {
        const others = cache.list<Service>(kinds.service).flatMap(({ spec }) => spec.clusterIP ?? []);
        return { service, taken: new Set(others) };
      },
      decide: decideAddress,
    },
    deps,
  );
}

function decideAddress({ service, taken }: AddressSnapshot): WorkloadDecision {
  const { spec, metadata } = service;
  const hasNone = spec.clusterIP !== undefined || spec.type === 'ExternalName';
  if (hasNone || metadata.deletionTimestamp !== undefined) return { actions: [] };
  const free = Array.from({ length: 65_000 }, (_, i) => i + 10).find((i) => !taken.has(addressAt(i)));
  const clusterIP = addressAt(free ?? 0);
  const patch = { spec: { clusterIP, clusterIPs: [clusterIP] } };
  return { actions: [{ kind: 'patchObject', of: kinds.service, object: service, patch }] };
}

function addressAt(index: number): string {
  return `10.96.${index >>> 8}.${index & 255}`;
}
