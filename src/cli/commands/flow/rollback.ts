import type { Command } from 'commander';
import type { GitRepository } from '#api/flux/git-repository.js';
import type { Kustomization } from '#api/flux/kustomization.js';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { findWayBack, revertMessage, type WayBack } from '#core/gitops/way-back.js';
import { healthOf } from '#core/health/health.js';
import { subjectOf } from '#core/kube/object.js';
import { addMs, type Instant } from '#core/time/instant.js';
import { toAppError } from '#ports/errors.js';
import { ExitWith, withConnection } from '../../command.js';
import { durationFlag } from '../../flags.js';
import { type Checkout, withCheckout } from '../../flow/checkout.js';
import { commitStates } from '../../flow/commit-states.js';
import { findObject, originOf } from '../../flow/find-object.js';
import type { FlowObject } from '../../flow/flow-objects.js';
import { sourceOf } from '../../flow/flow-objects.js';
import { follow, request, rest } from '../../flow/follow.js';
import type { Connection, Io } from '../../io.js';

interface Flags {
  readonly to?: string;
  readonly repository?: string;
  readonly branch?: string;
  readonly message?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly timeout: string;
}

/** `sluice rollback OBJECT`: the state before, by a commit that reverts those which brought this one. */
export function registerRollback(program: Command, io: Io): void {
  const command = program
    .command('rollback <object>')
    .description('take an object back in Git: revert the commits that brought its state, and follow it')
    .option('--to <commit>', 'whose state comes back; default the last commit that had another')
    .option('--branch <name>', 'push to this branch for review, and end')
    .option('--repository <url>', 'where to clone from and push to; default the URL of the source')
    .option('-m, --message <text>', 'why; part of the commit message')
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'show what it would do, and end')
    .option('--timeout <duration>', 'how long to follow it', '5m')
    .action(async (argument: string, flags: Flags) => {
      const timeoutMs = durationFlag('--timeout', flags.timeout);
      await withConnection(io, command, async (connection) => {
        const place = await findPlace(connection, argument);
        const sha = await revert(connection, io, place, flags);
        if (sha === undefined) return;
        await seeItThrough(connection, io, place, sha, addMs(io.clock.now(), timeoutMs));
      });
    });
}

/** What goes back, and where it is from. */
interface Place {
  readonly object: UnknownObject;
  readonly kustomization: Kustomization;
  /** Absent: all that the Kustomization applies. */
  readonly applied?: UnknownObject;
  readonly source: GitRepository;
  readonly branch: string;
}

async function findPlace(connection: Connection, argument: string): Promise<Place> {
  const object = await findObject(connection, argument);
  const isWhole = object.kind === kinds.kustomization.kind;
  // The API server checked the kind that the word stands for.
  const whole = object as unknown as Kustomization;
  const origin = isWhole ? { kustomization: whole } : await originOf(connection, object);
  const { kind, namespace, name } = sourceOf(origin.kustomization);
  if (kind !== kinds.gitRepository)
    throw new ExitWith(1, `${kind.kind}/${namespace}/${name}: only a GitRepository can be taken back`);
  const source = await connection.kube.get<GitRepository>({ kind, namespace, name });
  if (source === undefined) throw new ExitWith(1, `GitRepository/${namespace}/${name}: not found`);
  const { branch = 'master', tag, semver, commit, name: ref } = source.spec.ref ?? {};
  if ([tag, semver, commit, ref].some((one) => one !== undefined))
    throw new ExitWith(1, `${subjectOf(source)}: it follows no branch, so a commit would not reach it`);
  return { object, ...origin, source, branch };
}

/** @returns the commit that was pushed to the branch of the source; `undefined` when nothing more is to follow. */
async function revert(
  connection: Connection,
  io: Io,
  place: Place,
  flags: Flags,
): Promise<string | undefined> {
  const { applied, kustomization, source, branch } = place;
  const url = flags.repository ?? source.spec.url;
  return withCheckout(io, { url, branch }, async (checkout) => {
    const states = await commitStates(connection, checkout, kustomization, {
      ...(applied === undefined ? {} : { applied }),
      ...(flags.to === undefined ? {} : { until: flags.to }),
    });
    const way = findWayBack(states, flags.to);
    if (!way.ok) throw new ExitWith(1, `${subjectOf(place.object)}: ${way.problem}`);
    const onto = flags.branch ?? branch;
    io.out.write(planText(place, way, onto));
    if (flags.dryRun === true) return undefined;
    if (flags.yes !== true && !(await isAgreed(io))) throw new ExitWith(1, 'nothing was done');
    await makeCommit(checkout, place, way, flags.message ?? '');
    const sha = await push(checkout, branch, onto);
    io.out.write(`pushed ${sha.slice(0, 12)} to ${onto}\n`);
    return onto === branch ? sha : undefined;
  });
}

function planText({ object, source }: Place, way: WayBack & { readonly ok: true }, onto: string): string {
  const lines = way.reverted.map(
    ({ sha, subject, author, date }) => `  revert ${sha.slice(0, 12)} "${subject}" by ${author} at ${date}\n`,
  );
  const { sha, subject } = way.target;
  return [
    `${subjectOf(object)} goes back to its state of ${sha.slice(0, 12)} "${subject}":\n`,
    ...lines,
    `  push one commit to ${onto} of ${source.spec.url}\n`,
  ].join('');
}

async function isAgreed(io: Io): Promise<boolean> {
  io.err.write('go on? [y/N] ');
  for await (const line of io.readLines()) return /^y(es)?$/i.test(line.trim());
  return false;
}

const mostPushes = 3;

/** Pushes what is checked out; somebody else's commits that came first go below it. @returns the commit. */
async function push({ git }: Checkout, branch: string, onto: string): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    try {
      await git('push', '--quiet', 'origin', `HEAD:refs/heads/${onto}`);
      return (await git('rev-parse', 'HEAD')).trim();
    } catch (thrown) {
      const { message } = toAppError(thrown);
      const isMoved = /fetch first|non-fast-forward|cannot lock ref|failed to update ref/i.test(message);
      if (isMoved && onto !== branch) {
        throw new ExitWith(1, `${onto}: is there already and has other commits; choose another --branch`);
      }
      if (!isMoved || tries === mostPushes) {
        throw new ExitWith(1, `nothing was pushed: ${message}; push to a branch of yours with --branch`);
      }
      await git('fetch', '--quiet', 'origin', branch);
      await git(...(await identityFor(git)), 'rebase', '--quiet', 'FETCH_HEAD');
    }
  }
}

/** Somebody who has told git no name commits under that of this program. */
async function identityFor(git: Checkout['git']): Promise<readonly string[]> {
  const email = await git('config', 'user.email').catch(() => '');
  return email === '' ? ['-c', 'user.name=sluice', '-c', 'user.email=sluice@localhost'] : [];
}

async function makeCommit(
  checkout: Checkout,
  { object }: Place,
  way: WayBack & { readonly ok: true },
  reason: string,
): Promise<void> {
  for (const { sha, isMerge } of way.reverted)
    await checkout.git('revert', '--no-commit', ...(isMerge ? ['-m', '1'] : []), sha);
  const name = await identityFor(checkout.git);
  await checkout.git(...name, 'commit', '--quiet', '-m', revertMessage(subjectOf(object), way, reason));
}

/** The source fetches it, the Kustomization applies it, and the object becomes healthy. */
async function seeItThrough(
  connection: Connection,
  io: Io,
  { object, kustomization, source }: Place,
  sha: string,
  until: Instant,
): Promise<void> {
  const fetched = { kind: kinds.gitRepository, object: source as unknown as FlowObject };
  await request(connection, io, fetched);
  await follow(connection, io, fetched, {
    until,
    isDone: ({ status }) => status?.artifact?.revision.endsWith(sha) === true,
  });
  io.out.write(`fetched by ${subjectOf(source)}\n`);
  const applying = { kind: kinds.kustomization, object: kustomization as unknown as FlowObject };
  await request(connection, io, applying);
  await follow(connection, io, applying, {
    until,
    isDone: ({ status }) => status?.lastAppliedRevision?.endsWith(sha) === true,
  });
  io.out.write(`applied by ${subjectOf(kustomization)}\n`);
  await awaitHealth(connection, io, object, until);
  io.out.write(`${subjectOf(object)} is healthy\n`);
}

async function awaitHealth(
  { kube }: Connection,
  io: Io,
  object: UnknownObject,
  until: Instant,
): Promise<void> {
  const kind = await kube.resolve(object.apiVersion, object.kind);
  const { name, namespace } = object.metadata;
  if (kind === undefined) return;
  for (;;) {
    const now = await kube.get({ kind, name, ...(namespace === undefined ? {} : { namespace }) });
    const { status, message } = healthOf(now, { now: io.clock.now() });
    if (status === 'Current') return;
    if (status === 'Failed' || io.clock.now() >= until)
      throw new ExitWith(1, `${subjectOf(object)}: ${status}: ${message}`);
    await rest(io, 250);
  }
}
