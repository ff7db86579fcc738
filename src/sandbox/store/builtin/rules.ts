import { crdRules } from '../crd/rules.js';
import type { KindRules } from '../resource-type.js';
import { eventRules } from './event.js';
import { cronJobRules, jobRules } from './job.js';
import { namespaceRules } from './namespace.js';
import { autoscalerRules, disruptionBudgetRules, endpointSliceRules, ingressRules } from './network.js';
import { podRules } from './pod.js';
import { configMapRules, secretRules } from './secret.js';
import { serviceRules } from './service.js';
import { daemonSetRules, deploymentRules, replicaSetRules, statefulSetRules } from './workloads.js';

/** The rules of built-in kinds by `Kind.group`, or `Kind` in the core group. */
export const builtinRules: Readonly<Record<string, KindRules>> = {
  'CustomResourceDefinition.apiextensions.k8s.io': crdRules,
  'CronJob.batch': cronJobRules,
  'DaemonSet.apps': daemonSetRules,
  'Deployment.apps': deploymentRules,
  'EndpointSlice.discovery.k8s.io': endpointSliceRules,
  'Event.events.k8s.io': eventRules,
  'HorizontalPodAutoscaler.autoscaling': autoscalerRules,
  'Ingress.networking.k8s.io': ingressRules,
  'Job.batch': jobRules,
  'PodDisruptionBudget.policy': disruptionBudgetRules,
  'ReplicaSet.apps': replicaSetRules,
  'StatefulSet.apps': statefulSetRules,
  ConfigMap: configMapRules,
  Namespace: namespaceRules,
  Pod: podRules,
  Secret: secretRules,
  Service: serviceRules,
};
