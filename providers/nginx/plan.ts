import type { UnknownObject } from '#api/k8s/meta.js';
import { isEqual } from '#core/json/json.js';
import { controllerOf } from '#core/kube/object.js';
import type {
  ObservedTraffic,
  TrafficChange,
  TrafficPlan,
  TrafficProblem,
  TrafficRequest,
} from '#core/traffic/request.js';
import { buildCanaryIngress, canaryRules } from './canary-ingress.js';
import { canaryIngressName, stableIngressNames, type NginxConfig } from './schema.js';

const group = 'networking.k8s.io';

/** One canary Ingress beside each stable one, at the wanted weight. All can be planned or nothing is written. */
export function planNginx(
  config: NginxConfig,
  request: TrafficRequest,
  observed: ObservedTraffic,
): TrafficPlan {
  const changes: TrafficChange[] = [];
  for (const name of stableIngressNames(config)) {
    const outcome = planIngress(config, request, observed, name);
    if ('problem' in outcome) return { ok: false, problem: outcome.problem };
    changes.push(...outcome.changes);
  }
  return { ok: true, changes };
}

/** Removes the canary Ingresses that it made and that nobody asks for any more. */
export function releaseNginx(
  rollout: TrafficRequest['rollout'],
  leftovers: readonly UnknownObject[],
): readonly TrafficChange[] {
  return leftovers
    .filter(
      (ingress) => ingress.metadata.name.endsWith('-canary') && controllerOf(ingress)?.uid === rollout.uid,
    )
    .map((object): TrafficChange => {
      const message = `Deleting canary ingress \`${object.metadata.name}\`: it is no longer configured`;
      return { change: 'delete', object, event: event('DeletingCanaryIngress', message) };
    });
}

type IngressOutcome = { readonly changes: readonly TrafficChange[] } | { readonly problem: TrafficProblem };

function planIngress(
  config: NginxConfig,
  request: TrafficRequest,
  observed: ObservedTraffic,
  name: string,
): IngressOutcome {
  const { namespace, name: rollout, uid } = request.rollout;
  const stable = observed.get(group, 'Ingress', namespace, name);
  if (stable === undefined)
    return problem(namespace, name, `error retrieving stableIngress \`${name}\` from cache: not found`);
  if (canaryRules(stable, request.stable.service, request.canary.service).length === 0) {
    return problem(
      namespace,
      name,
      `ingress \`${name}\` has no rules using service ${request.stable.service} backend`,
    );
  }
  const canaryName = canaryIngressName(rollout, name);
  const existing = observed.get(group, 'Ingress', namespace, canaryName);
  if (existing !== undefined && controllerOf(existing)?.uid !== uid) {
    return problem(namespace, canaryName, `canary ingress \`${canaryName}\` controlled by different object`);
  }
  const object = buildCanaryIngress(config, request, stable, existing);
  if (existing === undefined) {
    return {
      changes: [
        {
          change: 'create',
          object,
          owned: true,
          event: event(
            'CreatingCanaryIngress',
            `Creating canary ingress \`${canaryName}\` with weight \`${request.canaryWeight}\``,
          ),
        },
      ],
    };
  }
  if (isEqual(existing, object)) return { changes: [] };
  const message = `Updating Ingress \`${canaryName}\` to desiredWeight '${request.canaryWeight}'`;
  const isFollowing = isEqual(existing.metadata, object.metadata);
  return {
    changes: [{ change: 'update', object, isFollowing, event: event('PatchingCanaryIngress', message) }],
  };
}

function problem(namespace: string, name: string, message: string): { readonly problem: TrafficProblem } {
  return { problem: { reason: 'TrafficRoutingError', message, object: `Ingress/${namespace}/${name}` } };
}

function event(
  reason: string,
  message: string,
): { readonly type: 'Normal'; readonly reason: string; readonly message: string } {
  return { type: 'Normal', reason, message };
}
