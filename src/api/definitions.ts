import type { TObject } from '@sinclair/typebox';
import { analysisRunSchema } from './argoproj/analysis-run.js';
import { analysisTemplateSchema } from './argoproj/analysis-template.js';
import { experimentSchema } from './argoproj/experiment.js';
import { rolloutSchema } from './argoproj/rollout.js';
import { alertSchema } from './flux/alert.js';
import { bucketSchema } from './flux/bucket.js';
import { externalArtifactSchema } from './flux/external-artifact.js';
import { gitRepositorySchema } from './flux/git-repository.js';
import { kustomizationSchema } from './flux/kustomization.js';
import { ociRepositorySchema } from './flux/oci-repository.js';
import { providerSchema } from './flux/provider.js';
import { receiverSchema } from './flux/receiver.js';
import { fluxKeys } from './flux/words.js';
import { kinds, type Kind } from './kinds.js';

/** A column that `kubectl get` prints. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  readonly description?: string;
}

/** A kind that Sluice brings along: what its CustomResourceDefinition says beside the kind itself. */
export interface KindDefinition {
  readonly kind: Kind;
  readonly schema: TObject;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly columns: readonly PrinterColumn[];
  /** Whether status is written apart from spec. The peer's runs and experiments are written as a whole. */
  readonly hasStatus: boolean;
  readonly scale?: {
    readonly specReplicasPath: string;
    readonly statusReplicasPath: string;
    readonly labelSelectorPath: string;
  };
  readonly annotations?: Readonly<Record<string, string>>;
}

const age: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
const phase: PrinterColumn = { name: 'Status', type: 'string', jsonPath: '.status.phase' };
const ready: readonly PrinterColumn[] = [
  { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
  { name: 'Status', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].message' },
];
const count = (name: string, jsonPath: string, description: string): PrinterColumn => ({
  name,
  type: 'integer',
  jsonPath,
  description,
});

/** Post-build substitution of a Kustomization must not touch the patterns in these definitions. */
const fluxAnnotations = { [fluxKeys.substitute]: 'disabled' };

const sourceCategories = ['all', 'fluxcd', 'fluxcd-sources'];

/** Every kind that Sluice brings along, in the order in which they are documented. */
export const kindDefinitions: readonly KindDefinition[] = [
  {
    kind: kinds.rollout,
    schema: rolloutSchema,
    shortNames: ['ro'],
    categories: [],
    columns: [
      count('Desired', '.spec.replicas', 'Pods wanted'),
      count('Current', '.status.replicas', 'Pods that exist, of all revisions'),
      count('Up-to-date', '.status.updatedReplicas', 'Pods of the newest revision'),
      count('Available', '.status.availableReplicas', 'Pods ready for at least minReadySeconds'),
      age,
    ],
    hasStatus: true,
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.HPAReplicas',
      labelSelectorPath: '.status.selector',
    },
  },
  {
    kind: kinds.analysisTemplate,
    schema: analysisTemplateSchema,
    shortNames: ['at'],
    categories: [],
    columns: [age],
    hasStatus: false,
  },
  {
    kind: kinds.clusterAnalysisTemplate,
    schema: analysisTemplateSchema,
    shortNames: ['cat'],
    categories: [],
    columns: [age],
    hasStatus: false,
  },
  {
    kind: kinds.analysisRun,
    schema: analysisRunSchema,
    shortNames: ['ar'],
    categories: [],
    columns: [phase, age],
    hasStatus: false,
  },
  {
    kind: kinds.experiment,
    schema: experimentSchema,
    shortNames: ['exp'],
    categories: [],
    columns: [phase, age],
    hasStatus: false,
  },
  {
    kind: kinds.gitRepository,
    schema: gitRepositorySchema,
    shortNames: ['gitrepo'],
    categories: sourceCategories,
    columns: [{ name: 'URL', type: 'string', jsonPath: '.spec.url' }, age, ...ready],
    hasStatus: true,
    annotations: fluxAnnotations,
  },
  {
    kind: kinds.ociRepository,
    schema: ociRepositorySchema,
    shortNames: ['ocirepo'],
    categories: sourceCategories,
    columns: [{ name: 'URL', type: 'string', jsonPath: '.spec.url' }, ...ready, age],
    hasStatus: true,
    annotations: fluxAnnotations,
  },
  {
    kind: kinds.bucket,
    schema: bucketSchema,
    shortNames: [],
    categories: sourceCategories,
    columns: [{ name: 'Endpoint', type: 'string', jsonPath: '.spec.endpoint' }, age, ...ready],
    hasStatus: true,
    annotations: fluxAnnotations,
  },
  {
    kind: kinds.externalArtifact,
    schema: externalArtifactSchema,
    shortNames: ['ea'],
    categories: sourceCategories,
    columns: [age, ...ready, { name: 'Source', type: 'string', jsonPath: '.spec.sourceRef.name' }],
    hasStatus: true,
    annotations: fluxAnnotations,
  },
  {
    kind: kinds.kustomization,
    schema: kustomizationSchema,
    shortNames: ['ks'],
    categories: ['all', 'fluxcd', 'fluxcd-appliers'],
    columns: [age, ...ready],
    hasStatus: true,
    annotations: fluxAnnotations,
  },
  {
    kind: kinds.receiver,
    schema: receiverSchema,
    shortNames: [],
    categories: ['all', 'fluxcd', 'fluxcd-notifications'],
    columns: [age, ...ready],
    hasStatus: true,
    annotations: fluxAnnotations,
  },
  {
    kind: kinds.provider,
    schema: providerSchema,
    shortNames: [],
    categories: ['all', 'fluxcd', 'fluxcd-notifications'],
    columns: [age],
    hasStatus: false,
    annotations: fluxAnnotations,
  },
  {
    kind: kinds.alert,
    schema: alertSchema,
    shortNames: [],
    categories: ['all', 'fluxcd', 'fluxcd-notifications'],
    columns: [age],
    hasStatus: false,
    annotations: fluxAnnotations,
  },
];
