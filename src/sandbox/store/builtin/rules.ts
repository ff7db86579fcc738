import { crdRules } from '../crd/rules.js';
import type { KindRules } from '../resource-type.js';
import { namespaceRules } from './namespace.js';
import { podRules } from './pod.js';

/** The rules of built-in kinds by `Kind.group`, or `Kind` in the core group. */
export const builtinRules: Readonly<Record<string, KindRules>> = {
  'CustomResourceDefinition.apiextensions.k8s.io': crdRules,
  Namespace: namespaceRules,
  Pod: podRules,
};
