import { kinds } from '#api/kinds.js';
import type { ObservedTraffic, TrafficRequest } from '#core/traffic/request.js';
import type { SpecProblem, TrafficProvider } from '../contract.js';
import { canaryRules } from './canary-ingress.js';
import { releaseNginx, planNginx } from './plan.js';
import { readNginx } from './read.js';
import {
  canaryIngressName,
  nginxSchema,
  stableIngressNames,
  weightKeys,
  type NginxConfig,
} from './schema.js';

/** ingress-nginx and whatever understands its canary annotations; behaviour follows Argo Rollouts 1.9. */
export const nginx: TrafficProvider<NginxConfig> = {
  id: 'nginx',
  type: 'Nginx',
  capabilities: {
    weights: true,
    headerRoutes: false,
    mirrorRoutes: false,
    additionalDestinations: false,
    maxTrafficWeight: true,
    pingPong: false,
    subsets: false,
    confirm: 'wait',
    propagationMs: 5000,
  },
  watches: [
    { kind: kinds.ingress, optional: false, verbs: ['get', 'list', 'watch', 'create', 'update', 'delete'] },
  ],
  schema: nginxSchema,
  references: (config, namespace, rolloutName) =>
    stableIngressNames(config).flatMap((name) => [
      { kind: kinds.ingress, namespace, name },
      { kind: kinds.ingress, namespace, name: canaryIngressName(rolloutName, name) },
    ]),
  steers: (config) => [stableIngressNames(config), weightKeys(config)],
  // The canary Ingress is made here and stands in nobody's Git.
  owns: () => [],
  validate: validateNginx,
  validateReferences: validateNginxReferences,
  plan: planNginx,
  read: readNginx,
  release: releaseNginx,
};

function validateNginx(config: NginxConfig): SpecProblem | undefined {
  const hasOne = (config.stableIngress ?? '') !== '';
  const hasMany = (config.stableIngresses ?? []).length > 0;
  if (hasOne !== hasMany) return undefined;
  const which = hasOne ? 'Both' : 'Neither';
  return {
    path: 'nginx',
    isInternal: true,
    value: config.stableIngress ?? '',
    message: `Either StableIngress or StableIngresses must be configured. ${which} are configured.`,
  };
}

function validateNginxReferences(
  config: NginxConfig,
  request: TrafficRequest,
  observed: ObservedTraffic,
): SpecProblem | undefined {
  const isList = (config.stableIngresses ?? []).length > 0;
  for (const name of stableIngressNames(config)) {
    const path = isList ? 'nginx.stableIngresses' : 'nginx.stableIngress';
    const stable = observed.get('networking.k8s.io', 'Ingress', request.rollout.namespace, name);
    if (stable === undefined)
      return { path, value: name, message: `ingress.networking.k8s.io "${name}" not found` };
    if (canaryRules(stable, request.stable.service, request.canary.service).length === 0) {
      return {
        path,
        value: name,
        message: `ingress \`${name}\` has no rules using service ${request.stable.service} backend`,
      };
    }
  }
  return undefined;
}
