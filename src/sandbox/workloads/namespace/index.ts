import { kinds } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import type { ControllerDefinition, Watch } from '#runtime/controller/definition.js';
import type { WorkloadDecision } from '../action.js';
import { defineWorkload, type WorkloadDeps, watchSelf } from '../workload.js';

interface NamespaceSnapshot {
  readonly namespace: KubeObject;
  readonly account: UnknownObject | undefined;
}

const accountName = 'default';

/** Gives every namespace its service account `default`; its end is the janitor's work. */
export function namespaceController(deps: WorkloadDeps): ControllerDefinition {
  return defineWorkload<KubeObject & { readonly status?: unknown }, NamespaceSnapshot>(
    {
      name: 'namespace',
      kind: kinds.namespace,
      watches: [watchSelf(kinds.namespace), watchAccounts],
      observe: (namespace, cache) => ({
        namespace,
        account: cache.get(kinds.serviceAccount, namespace.metadata.name, accountName),
      }),
      decide: decideNamespace,
    },
    deps,
  );
}

const watchAccounts: Watch = {
  kind: kinds.serviceAccount,
  keysOf: ({ metadata }) => (metadata.name === accountName ? [{ name: metadata.namespace ?? '' }] : []),
};

function decideNamespace({ namespace, account }: NamespaceSnapshot): WorkloadDecision {
  if (account !== undefined || namespace.metadata.deletionTimestamp !== undefined) return { actions: [] };
  const object = {
    apiVersion: 'v1',
    kind: kinds.serviceAccount.kind,
    metadata: { namespace: namespace.metadata.name, name: accountName },
  };
  return { actions: [{ kind: 'createObject', of: kinds.serviceAccount, object }] };
}
