import { fluxKeys } from '#api/flux/words.js';
import type { JsonObject } from '#core/json/json.js';
import { formatMicroInstant, type Instant } from '#core/time/instant.js';
import type { ActionView } from '../wire/detail.js';
import type { GitRow, GitVerb } from '../wire/git.js';
import type { GitObject } from './git-input.js';

/** The merge patch of an act, or why it would change nothing. */
export type GitPlan =
  { readonly ok: true; readonly patch: JsonObject } | { readonly ok: false; readonly why: string };

/** What an act writes: the annotation of a reconcile with the time, or `spec.suspend`, as the peer's command does. */
export function gitPlan(verb: GitVerb, object: GitObject, now: Instant): GitPlan {
  const why = futilityOf(verb, object.spec?.suspend === true);
  if (why !== undefined) return { ok: false, why };
  const annotations = { [fluxKeys.requestedAt]: formatMicroInstant(now) };
  if (verb === 'reconcile') return { ok: true, patch: { metadata: { annotations } } };
  return { ok: true, patch: { spec: { suspend: verb === 'suspend' ? true : null } } };
}

function futilityOf(verb: GitVerb, isSuspended: boolean): string | undefined {
  switch (verb) {
    case 'reconcile':
      return isSuspended ? 'it is suspended: resume it first' : undefined;
    case 'suspend':
      return isSuspended ? 'it is suspended already' : undefined;
    case 'resume':
      return isSuspended ? undefined : 'it is not suspended';
  }
}

/** Both buttons in their fixed slots, with what they do, the way back and why one is disabled. */
export function gitActionsOf(row: GitRow, isSource: boolean): readonly ActionView<GitVerb>[] {
  const name = `${row.namespace}/${row.name}`;
  const has = row.revision === '' ? 'nothing' : row.revision;
  const held = row.isSuspended ? resumeText(row, isSource) : suspendText(has, isSource);
  const hold = row.isSuspended ? ('resume' as const) : ('suspend' as const);
  return [
    {
      verb: 'reconcile',
      key: 'r',
      label: 'Reconcile',
      level: 0,
      title: `Reconcile ${name}`,
      text: isSource
        ? 'Looks at the remote now. What is new is fetched, and everything that uses it is applied.'
        : 'Builds and applies the revision that its source has now, and looks for drift.',
      wayBack: 'none: it would happen at the next interval anyway.',
      confirm: 'Reconcile now',
      asksReason: false,
      disabled: refusal('reconcile', row),
    },
    {
      verb: hold,
      key: 'h',
      label: row.isSuspended ? 'Resume' : 'Suspend',
      level: row.isSuspended ? 1 : 2,
      title: `${row.isSuspended ? 'Resume' : 'Suspend'} ${name}`,
      ...held,
      asksReason: true,
      disabled: refusal(hold, row),
    },
  ];
}

function suspendText(has: string, isSource: boolean): Pick<ActionView, 'text' | 'wayBack' | 'confirm'> {
  const text = isSource
    ? `Nothing is fetched any more: ${has} is served on, and newer commits reach nobody. The manifest in Git may set it back.`
    : `Nothing is applied any more: ${has} stays, newer commits wait, and drift is not corrected. The manifest in Git may set it back.`;
  return { text, wayBack: 'resume.', confirm: 'Suspend' };
}

function resumeText(
  { waiting }: GitRow,
  isSource: boolean,
): Pick<ActionView, 'text' | 'wayBack' | 'confirm'> {
  const next = waiting === '' ? 'what its source has' : waiting;
  const text = isSource
    ? 'Looks at the remote at once and goes on at its interval.'
    : `Applies ${next} at once, which may start releases, and sets drift back.`;
  return { text, wayBack: 'suspend.', confirm: 'Resume' };
}

function refusal(verb: GitVerb, { can, kind, namespace, isSuspended }: GitRow): string | null {
  if (!can.includes(verb)) return `not permitted: ${verb} ${kind} in ${namespace}`;
  return futilityOf(verb, isSuspended) ?? null;
}
