import type { KindRules } from '../resource-type.js';

/** A namespace is labelled with its name and held by the finalizer that waits for its content. */
export const namespaceRules: KindRules = {
  prepareCreate: (namespace) => ({
    ...namespace,
    metadata: {
      ...namespace.metadata,
      labels: { ...namespace.metadata.labels, 'kubernetes.io/metadata.name': namespace.metadata.name },
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  }),
  prepareUpdate: (namespace, old) => ({ ...namespace, spec: old['spec'] }),
};
