import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { isHelpOpen as isOpen } from './help-open.js';

const keys: readonly (readonly [key: string, what: string])[] = [
  ['j k', 'next, previous row'],
  ['Enter', 'open the row'],
  ['/', 'filter'],
  ['.', 'apply moved rows'],
  ['[ ]', 'previous, next rollout of the list'],
  ['g r', 'go to rollouts'],
  ['g g', 'go to Git'],
  ['p P', 'promote, promote full'],
  ['a r', 'abort, retry (in Git: reconcile)'],
  ['h', 'pause or resume (hold; in Git: suspend)'],
  ['e u', 'restart, undo'],
  ['v', 'plots as tables'],
  ['c', 'copy a link'],
  ['t', 'theme'],
  ['Esc', 'close, clear'],
];

/** Every key of the page. */
export function KeysHelp(): JSX.Element | null {
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    if (isOpen.value) ref.current?.showModal();
  }, [isOpen.value]);
  if (!isOpen.value) return null;
  return (
    <dialog ref={ref} class="keys" aria-label="Keys" onClose={() => (isOpen.value = false)}>
      <h2>Keys</h2>
      <p class="quiet">A single key opens; it never carries out.</p>
      <dl>
        {keys.map(([key, what]) => (
          <>
            <dt>
              {key.split(' ').map((one) => (
                <kbd>{one}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </>
        ))}
      </dl>
      <form method="dialog">
        <button>Close</button>
      </form>
    </dialog>
  );
}
