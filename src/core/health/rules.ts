import { customResourceDefinition } from './apiextensions.k8s.io/custom-resource-definition.js';
import { daemonSet } from './apps/daemon-set.js';
import { deployment } from './apps/deployment.js';
import { replicaSet } from './apps/replica-set.js';
import { statefulSet } from './apps/stateful-set.js';
import { rollout } from './argoproj.io/rollout.js';
import { job } from './batch/job.js';
import { persistentVolumeClaim } from './core/persistent-volume-claim.js';
import { pod } from './core/pod.js';
import { service } from './core/service.js';
import type { HealthRule } from './rule.js';

/** Every kind with a health of its own; one line adds one. Others are current unless a Ready condition says no. */
export const healthRules: readonly HealthRule[] = [
  customResourceDefinition,
  daemonSet,
  deployment,
  { ...deployment, group: 'extensions' },
  job,
  persistentVolumeClaim,
  pod,
  replicaSet,
  rollout,
  service,
  statefulSet,
];
