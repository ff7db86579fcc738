import type { GitRepository } from '#api/flux/git-repository.js';
import type { Kustomization } from '#api/flux/kustomization.js';

/** The source and the Kustomization that bring the demo's repository into the cluster, in the namespace `default`. */
export function reconcilerObjects(
  repositoryUrl: string,
  prometheusUrl: string,
): { readonly source: GitRepository; readonly kustomization: Kustomization } {
  const metadata = { name: 'shop', namespace: 'default' };
  return {
    source: {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata,
      spec: { url: repositoryUrl, interval: '2s', ref: { branch: 'main' } },
    },
    kustomization: {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata,
      spec: {
        sourceRef: { kind: 'GitRepository', name: 'shop' },
        path: './',
        interval: '10s',
        prune: true,
        patches: [
          {
            target: { kind: 'AnalysisTemplate' },
            patch: JSON.stringify([{ op: 'replace', path: '/spec/args/0/value', value: prometheusUrl }]),
          },
        ],
      },
    },
  };
}
