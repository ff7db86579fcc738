import { kinds } from '#api/kinds.js';
import type { Pod } from '#api/k8s/core-kinds.js';
import { parseInstant } from '#core/time/instant.js';
import { AppError } from '#ports/errors.js';
import { reconcilerObjects } from './manifests.js';
import type { Check, DemoReport } from './report.js';
import { conflictWithGit, endOfLease } from './lease.js';
import type { DemoRepository } from './repository.js';
import { isHealthyAt, shopNamespace, shopRollouts, type Scene } from './scene.js';
import type { Screen } from './screen.js';
import type { Stack } from './stack.js';
import { trace } from './trace.js';
import { users, type Stage } from './stage.js';

/** The image tag whose app fails 15 % of its requests. */
export const badTag = 'v3';

const wantedClimb = [20, 40, 60, 100];
/** Interval of the gate, the one-second resolution of stored times, and the time that a stopping canary drains. */
const backWithinMs = 2000 + 1000;

export interface ScenarioParts {
  readonly stage: Stage;
  readonly repository: DemoRepository;
  readonly stack: Stack;
  readonly screen: Screen;
}

/** Plays the whole story and says which promises were kept. Throws when a phase does not come to its end in time. */
export async function playScenario(parts: ScenarioParts): Promise<DemoReport> {
  const phases: { name: string; ms: number }[] = [];
  const phase = async <T>(name: string, play: () => Promise<T>): Promise<T> => {
    parts.stage.title = name;
    parts.screen.say(`» ${name}`);
    const startedAt = Date.now();
    const result = await play();
    phases.push({ name, ms: Date.now() - startedAt });
    return result;
  };
  await phase('first commit: v1 is installed', () => install(parts));
  const good = await phase('commit v2: a good version goes out step by step', () => goodRelease(parts));
  const traced = await phase('trace: from a pod back to its line in Git', () => trace(parts));
  const bad = await phase('commit v3: fails 15 % of its requests', () => badRelease(parts));
  const back = await phase('revert commit: v2 again', () => revert(parts));
  await parts.stage.stopLoad();
  const { ledger } = parts.stage;
  const dropped = ledger.totals().reduce((sum, host) => sum + host.dropped, 0);
  const none: Check = {
    what: 'no request was dropped by delivery',
    isKept: dropped === 0,
    detail: `${dropped} dropped`,
  };
  return {
    phases,
    hosts: ledger.totals(),
    dropReasons: ledger.dropReasons(),
    users,
    exposed: ledger.exposure(badTag),
    checks: [...good, ...traced, ...bad, ...back, none],
  };
}

async function install({ stage, repository, stack }: ScenarioParts): Promise<void> {
  const { kube } = stack.sandbox;
  const { source, kustomization } = reconcilerObjects(repository.url, stack.prometheus?.url ?? '');
  await kube.create(kinds.gitRepository, source);
  await kube.create(kinds.kustomization, kustomization);
  await stage.until('v1 healthy', 60_000, (scene) => areHealthyAt(scene, 'v1'));
  await stage.startLoad();
}

async function goodRelease(parts: ScenarioParts): Promise<readonly Check[]> {
  const { stage, repository } = parts;
  await repository.setImageTag('v2', 'shop: v2');
  const conflict = await conflictWithGit(parts);
  const scene = await stage.until('v2 promoted', 120_000, (now) => areHealthyAt(now, 'v2'));
  const { rollout, runs } = scene.views.storefront ?? missing('storefront');
  const hash = rollout.status?.currentPodHash ?? '';
  const climb = stage.weights.climbOf('storefront', hash);
  const phases = [...runs, ...(scene.views.checkout?.runs ?? [])].map(
    (run) => run.status?.phase ?? 'Pending',
  );
  return [
    {
      what: 'v2 climbed 20 → 40 → 60 → 100',
      isKept: climb.join(' ') === wantedClimb.join(' '),
      detail: climb.join(' → '),
    },
    {
      what: 'its analysis was green',
      isKept: phases.length >= 2 && phases.every((phase) => phase === 'Successful'),
      detail: phases.join(', '),
    },
    conflict,
    await endOfLease(parts),
  ];
}

async function badRelease({ stage, repository }: ScenarioParts): Promise<readonly Check[]> {
  await repository.setImageTag(badTag, `shop: ${badTag}`);
  const scene = await stage.until(`${badTag} aborted`, 90_000, (now) =>
    shopRollouts.every(
      (name) =>
        now.views[name]?.rollout.status?.phase === 'Degraded' &&
        now.views[name]?.rollout.status?.abort === true,
    ),
  );
  const settled = await stage.until('traffic back on stable', 20_000, (now) =>
    shopRollouts.every((name) => now.now - (stage.ledger.lastAnswer(`${name}.example`, badTag) ?? 0) > 3000),
  );
  return shopRollouts.flatMap((name) => {
    const view = scene.views[name] ?? missing(name);
    const message = view.rollout.status?.message ?? '';
    const failedAt = lastFailure(settled, name);
    const lastBad = stage.ledger.lastAnswer(`${name}.example`, badTag);
    const lagMs =
      failedAt === undefined || lastBad === undefined
        ? Number.POSITIVE_INFINITY
        : Math.max(0, lastBad - failedAt);
    return [
      { what: `${name} is Degraded and says why`, isKept: /success-rate/.test(message), detail: message },
      {
        what: `${name} was back on v2 within one measurement`,
        isKept: lagMs <= backWithinMs,
        detail: `last answer of ${badTag} ${(lagMs / 1000).toFixed(1)} s after the failed measurement`,
      },
    ];
  });
}

async function revert({ stage, repository, stack }: ScenarioParts): Promise<readonly Check[]> {
  const before = await podUids(stack);
  await repository.revertLast();
  await stage.until('v2 healthy again', 60_000, (scene) => areHealthyAt(scene, 'v2'));
  const added = [...(await podUids(stack))].filter((uid) => !before.has(uid));
  return [
    {
      what: 'the revert made both healthy with no new pods',
      isKept: added.length === 0,
      detail: `${added.length} new pods`,
    },
  ];
}

function areHealthyAt(scene: Scene, tag: string): boolean {
  return shopRollouts.every((name) => isHealthyAt(scene.views[name], tag));
}

/** When the measurement that failed a run of the newest revision was finished. */
function lastFailure(scene: Scene, name: (typeof shopRollouts)[number]): number | undefined {
  const failures = (scene.views[name]?.runs ?? [])
    .flatMap((run) => run.status?.metricResults ?? [])
    .flatMap((result) => result.measurements ?? [])
    .filter((measurement) => measurement.phase === 'Failed')
    .flatMap((measurement) => parseInstant(measurement.finishedAt) ?? []);
  return failures.length === 0 ? undefined : Math.min(...failures);
}

async function podUids({ sandbox }: Stack): Promise<ReadonlySet<string>> {
  const { items } = await sandbox.kube.list<Pod>(kinds.pod, { namespace: shopNamespace });
  return new Set(items.map((pod) => pod.metadata.uid ?? ''));
}

function missing(name: string): never {
  throw new AppError('KubeNotFound', `rollout ${name} is gone`);
}
