import type { JSX } from 'preact';
import { formatCount } from '#core/view/words/format.js';
import type { PodView, RevisionView } from '#core/view/wire/detail.js';
import type { Mark as MarkName } from '#core/view/wire/list.js';
import { Mark } from '../parts/mark.js';
import { Panel } from '../parts/panel.js';
import { Phrase } from '../parts/time.js';

const chipLimit = 12;
const squareLimit = 1000;

/** Revisions with their pods, the worst pod first. */
export function Pods({ of }: { of: readonly RevisionView[] }): JSX.Element {
  const shown = of.filter((revision, i) => i < 3 || revision.total > 0);
  return (
    <Panel title="Revisions and pods" id="pods">
      {shown.length === 0 && <p class="quiet">No ReplicaSet yet.</p>}
      {shown.map((revision) => (
        <Revision key={revision.replicaSet} of={revision} />
      ))}
    </Panel>
  );
}

function Revision({ of }: { of: RevisionView }): JSX.Element {
  return (
    <div class={`revision ${of.role}`}>
      <div class="revision-head">
        <b class="num">rev {of.revision || '–'}</b>
        <span class={`role ${of.role}`}>{of.role}</span>
        <span class="mono tag" title={of.image}>
          {of.image.slice(of.image.lastIndexOf('/') + 1)}
        </span>
        <span class="num ready">
          {of.desired === 0 && of.total === 0 ? (
            <span class="quiet">no pods</span>
          ) : (
            `${of.ready} / ${of.desired} ready`
          )}
        </span>
      </div>
      {of.scaleDownAt !== null && of.total > 0 && (
        <p class="quiet">
          its pods leave <Phrase of={[{ until: of.scaleDownAt }]} />
        </p>
      )}
      {of.pods.length > 0 && <PodSet of={of.pods} />}
    </div>
  );
}

function PodSet({ of }: { of: readonly PodView[] }): JSX.Element {
  if (of.length > chipLimit) return <PodSquares of={of} />;
  return (
    <ul class="pod-chips">
      {of.map((pod) => (
        <li
          key={pod.name}
          class={pod.mark}
          title={`${pod.name} · ${pod.state}${pod.node === '' ? '' : ` · ${pod.node}`}`}
        >
          <Mark of={pod.mark} size={12} progress={0.4} />
          <span class="mono">{pod.name.slice(pod.name.lastIndexOf('-') + 1)}</span>
          <span class="quiet">
            {pod.state}
            {pod.restarts > 0 && `, ${formatCount(pod.restarts, 'restart')}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

const order: readonly MarkName[] = ['bad', 'wait', 'undecided', 'off', 'run', 'ok'];

/** Many pods: squares of 8 with 2 between, one path for each state, and the counts in words. */
function PodSquares({ of }: { of: readonly PodView[] }): JSX.Element {
  const counts = countStates(of);
  const perLine = 34;
  const lines = Math.ceil(of.length / perLine);
  return (
    <>
      {of.length <= squareLimit && (
        <svg
          class="squares"
          width={perLine * 10}
          height={lines * 10}
          viewBox={`0 0 ${perLine * 10} ${lines * 10}`}
          role="img"
          aria-label={counts}
        >
          {order.map((mark) => (
            <path class={mark} d={squaresOf(of, mark, perLine)} />
          ))}
        </svg>
      )}
      <p class="num">{counts}</p>
    </>
  );
}

function squaresOf(pods: readonly PodView[], mark: MarkName, perLine: number): string {
  return pods
    .map((pod, i) =>
      pod.mark === mark ? `M${(i % perLine) * 10} ${Math.floor(i / perLine) * 10}h8v8h-8z` : '',
    )
    .join('');
}

function countStates(pods: readonly PodView[]): string {
  const counts = new Map<string, number>();
  for (const pod of pods) counts.set(pod.state, (counts.get(pod.state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(' · ');
}
