import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { carryOut } from './acting.js';
import { type Acted, type AnyAction, asked } from './asked.js';

/** What will happen, with real numbers and the way back. It never changes silently while it is open. */
export function ActionDialog({
  of,
  resource = 'rollouts.argoproj.io',
}: {
  of: Acted;
  resource?: string;
}): JSX.Element | null {
  const open = asked.value;
  if (open === null) return null;
  const current = of.actions.find((action) => action.key === open.action.key);
  if (open.action.disabled !== null)
    return <Refusal of={open.action} namespace={of.row.namespace} resource={resource} />;
  return <Dialog key={open.action.key} on={of} seen={open.action} current={current} problem={open.problem} />;
}

/** Why an action is disabled; where a right is missing, the sentence for whoever grants rights. */
function Refusal({ of: { label, verb, disabled }, namespace, resource }: RefusalProps): JSX.Element {
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => ref.current?.showModal(), []);
  return (
    <dialog ref={ref} class="ask" aria-labelledby="ask-title" onClose={() => (asked.value = null)}>
      <h2 id="ask-title">{label} is not possible now</h2>
      <p>{disabled}.</p>
      {disabled?.startsWith('not permitted') === true && (
        <>
          <p>Whoever grants rights needs this sentence:</p>
          <pre>
            Please allow the verb {verb} on {resource} in namespace {namespace}.
          </pre>
        </>
      )}
      <form method="dialog" class="ask-buttons">
        <button>Close</button>
      </form>
    </dialog>
  );
}

interface RefusalProps {
  readonly of: AnyAction;
  readonly namespace: string;
  readonly resource: string;
}

interface DialogProps {
  readonly on: Acted;
  readonly seen: AnyAction;
  readonly current: AnyAction | undefined;
  readonly problem: string;
}

function Dialog({ on, seen, current, problem }: DialogProps): JSX.Element {
  const ref = useRef<HTMLDialogElement>(null);
  const reason = useSignal('');
  const isSending = useSignal(false);
  const opener = useRef(document.activeElement);
  useLayoutEffect(() => {
    ref.current?.showModal();
    ref.current?.querySelector<HTMLElement>(seen.level === 2 ? '.cancel' : '.confirm')?.focus();
    return () => {
      if (opener.current instanceof HTMLElement) opener.current.focus();
    };
  }, []);
  const change = changeOf(seen, current);
  const confirm = (): void => {
    if (change !== null) {
      if (current !== undefined && current.disabled === null) asked.value = { action: current, problem: '' };
      return;
    }
    isSending.value = true;
    void carryOut(seen, reason.value, on).finally(() => (isSending.value = false));
  };
  return (
    <dialog
      ref={ref}
      class={`ask level-${seen.level}`}
      aria-labelledby="ask-title"
      onClose={() => (asked.value = null)}
    >
      <h2 id="ask-title">{seen.title}</h2>
      <p>{seen.text}</p>
      <p class="way-back">
        <b>Way back</b> {seen.wayBack}
      </p>
      {change !== null && (
        <p class="changed" role="alert">
          <b>Changed since you opened this</b> {change}
        </p>
      )}
      {problem !== '' && change === null && (
        <p class="changed bad" role="alert">
          <b>Not done</b> {problem}
        </p>
      )}
      {seen.asksReason && (
        <label class="field">
          Reason <span class="quiet">(optional, kept in the event)</span>
          <input
            type="text"
            maxLength={500}
            value={reason.value}
            onInput={(event) => (reason.value = event.currentTarget.value)}
          />
        </label>
      )}
      <div class="ask-buttons">
        <button type="button" class="cancel" onClick={() => ref.current?.close()}>
          Cancel
        </button>
        <button
          type="button"
          class={`confirm ${['abort', 'restart', 'suspend'].includes(seen.verb) ? 'danger' : 'primary'}`}
          disabled={isSending.value || (change !== null && current?.disabled !== null)}
          onClick={confirm}
        >
          {isSending.value ? 'Sending…' : change === null ? seen.confirm : 'Show the new plan'}
        </button>
      </div>
    </dialog>
  );
}

/** What is different now from what the person read; `null` when nothing is. */
function changeOf(seen: AnyAction, current: AnyAction | undefined): string | null {
  if (current === undefined) return 'The action is not there any more.';
  if (current.disabled !== null) return `It cannot be done now: ${current.disabled}.`;
  if (current.verb !== seen.verb) return `It would be ${current.label.toLowerCase()} now.`;
  return current.text === seen.text ? null : current.text;
}
