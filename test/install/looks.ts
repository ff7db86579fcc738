import { eventually } from '../e2e/cluster.js';
import type { RunningProgram } from '../e2e/program.js';
import type { BareCluster } from './cluster.js';

/** The image of the pods in this version. */
export const image = (version: string): string =>
  `${process.env['E2E_IMAGE'] ?? 'registry.k8s.io/pause'}:${version}`;
/** The versions that the tests go from and to. */
export const [first = '', second = ''] = (process.env['E2E_VERSIONS'] ?? '3.9,3.10').split(',').map(image);
export const stepless = { canary: {} };

/** The answer of the readiness probe. */
export async function readyz(
  running: RunningProgram,
): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`${running.healthz}/readyz`).catch(() => undefined);
  return { status: answer?.status ?? 0, text: (await answer?.text()) ?? '' };
}

export const isReady = async (running: RunningProgram) => (await readyz(running)).status === 200;

export const untilReady = (running: RunningProgram) =>
  eventually(
    'ready',
    () => isReady(running),
    () => readyz(running),
    60_000,
  );

/** `status reason: message` of a condition. */
export function conditionOf(at: BareCluster, name: string, type: string): string {
  const { status = {} } = at.get('rollout', name);
  const found = (status.conditions ?? []).find((one: any) => one.type === type);
  return found === undefined ? 'absent' : `${found.status} ${found.reason}: ${found.message}`;
}

export const phaseOf = (at: BareCluster, name: string): string => at.get('rollout', name).status?.phase ?? '';

export const reaches = (at: BareCluster, name: string, phase: string) =>
  eventually(
    `rollout ${name} is ${phase}`,
    () => Promise.resolve(phaseOf(at, name) === phase),
    () => Promise.resolve(at.get('rollout', name).status),
    60_000,
  );

export const setImage = (at: BareCluster, name: string, to: string | undefined) =>
  at.kubectl(
    'patch',
    'rollout',
    name,
    '-n',
    at.namespace,
    '--type=json',
    '-p',
    JSON.stringify([{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: to }]),
  );

/** The condition Ready has these words. */
export const isRefusedWith = (at: BareCluster, name: string, words: RegExp) =>
  eventually(
    `the condition of ${name} says ${words.source}`,
    () => Promise.resolve(words.test(conditionOf(at, name, 'Ready'))),
    () => Promise.resolve(at.get('rollout', name).status),
  );

/** What was held up has gone on to its end, and nothing says any more that it is. */
export const isReleased = (at: BareCluster, name: string) =>
  eventually(
    `the update of ${name} is done`,
    () => Promise.resolve(phaseOf(at, name) === 'Healthy' && conditionOf(at, name, 'Stalled') === 'absent'),
    () => Promise.resolve(at.get('rollout', name).status),
    90_000,
  );
