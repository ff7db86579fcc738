import type { Alert } from '#api/flux/alert.js';
import type { Provider } from '#api/flux/provider.js';
import { compileCelText } from '#core/cel/cel.js';
import type { FluxEvent } from './flux-event.js';

/** What the status of a commit says. */
export interface CommitStatus {
  readonly sha: string;
  readonly state: 'success' | 'failure';
  /** By which a status replaces the one before it. */
  readonly context: string;
  readonly description: string;
}

export type CommitStatusOutcome =
  { readonly ok: true; readonly status: CommitStatus } | { readonly ok: false; readonly problem: string };

/** The status that an event gives its commit. @param event - with the metadata that it is told with. */
export function commitStatusOf(event: FluxEvent, provider: Provider, alert: Alert): CommitStatusOutcome {
  const { metadata = {}, severity, reason } = event;
  const revision = metadata['commit'] ?? metadata['originRevision'] ?? metadata['revision'] ?? '';
  const sha = shaOf(revision);
  if (sha === undefined)
    return { ok: false, problem: `no commit in the revision ${JSON.stringify(revision)} of the event` };
  const context = contextOf(event, provider, alert);
  if (!context.ok) return context;
  const state = severity === 'error' ? 'failure' : 'success';
  return { ok: true, status: { sha, state, context: context.value, description: lowerWords(reason) } };
}

/** The commit of `main@sha1:<hex>`, `sha1:<hex>`, `main/<hex>` or `<hex>`. */
export function shaOf(revision: string): string | undefined {
  return /(?:^|[:/@])([0-9a-f]{7,64})$/.exec(revision)?.[1];
}

type Text = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly problem: string };

function contextOf(event: FluxEvent, provider: Provider, alert: Alert): Text {
  const { commitStatusExpr } = provider.spec;
  if (commitStatusExpr === undefined) {
    const { kind, name } = event.involvedObject;
    const ofProvider = (provider.metadata.uid ?? '').split('-')[0] ?? '';
    return { ok: true, value: `${kind}/${name}/${ofProvider}`.toLowerCase() };
  }
  const compiled = compileCelText(commitStatusExpr, ['event', 'provider', 'alert']);
  if (!compiled.ok) return { ok: false, problem: `spec.commitStatusExpr: ${compiled.message}` };
  const answer = compiled.expression.evaluate({ event, provider, alert });
  return answer.ok ? answer : { ok: false, problem: `spec.commitStatusExpr: ${answer.message}` };
}

/** `HealthCheckFailed` as `health check failed`. */
function lowerWords(reason: string): string {
  return reason.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
}
