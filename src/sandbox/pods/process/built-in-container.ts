import type { Container, Probe } from '#api/k8s/core-kinds.js';
import { isObject } from '#core/json/json.js';
import { objectAt, textsAt } from '#core/json/read.js';

/**
 * The container as the built-in app runs it: without commands of the manifest, which are meant for another file system.
 * Of probes with a command nothing is left; a preStop hook that sleeps still sleeps.
 */
export function withoutCommands(container: Container): Container {
  const { command: _command, args: _args, lifecycle, ...rest } = container;
  const probes = ['readinessProbe', 'livenessProbe', 'startupProbe'] as const;
  const withExec = probes.filter((name) => isObject(objectAt(container, name).exec));
  const kept = Object.fromEntries(
    Object.entries(rest).filter(([name]) => !withExec.some((probe) => probe === name)),
  );
  const seconds = sleepOf(lifecycle);
  return {
    ...kept,
    name: container.name,
    ...(seconds === undefined ? {} : { lifecycle: { preStop: { sleep: { seconds } } } }),
  };
}

function sleepOf(lifecycle: unknown): number | undefined {
  const hook = objectAt(lifecycle, 'preStop');
  const slept = objectAt(hook, 'sleep').seconds;
  if (typeof slept === 'number') return slept;
  const match = /\bsleep\s+(\d+)/.exec(textsAt(objectAt(hook, 'exec'), 'command').join(' '));
  return match === null ? undefined : Number(match[1]);
}

/** The probe of a built-in app that has none of its own: most manifests of examples have no probe. */
export function defaultReadiness(port: number): Probe {
  return { httpGet: { path: '/readyz', port }, periodSeconds: 1 };
}
