import type { JSX } from 'preact';
import type { GitRow } from '#core/view/wire/git.js';
import { pathOf } from '../live/router.js';
import { Mark } from '../parts/mark.js';
import { type Box, layoutOf, refKey } from './layout.js';
import { Node } from './node.js';

/** Boxes and edges where there is room, and always a nested list for readers and narrow screens. */
export function Graph({ rows }: { rows: readonly GitRow[] }): JSX.Element {
  const { trees, boxes, edges, height } = layoutOf(rows);
  const at = (key: string): Box | undefined => boxes.get(key);
  return (
    <div class="graph" style={{ height: `${height}px` }}>
      <svg width="100%" height={height} aria-hidden="true">
        {edges.map(({ d, isNeed }) => (
          <path class={isNeed ? 'edge need' : 'edge'} d={d} />
        ))}
      </svg>
      <ul aria-label="Sources, and what is applied of them">
        {trees.map(({ source, users }) => (
          <li key={refKey(source)}>
            <Node of={source} at={at(refKey(source))} />
            <ul>
              {users.map((user) => (
                <li key={refKey(user)}>
                  <Node of={user} at={at(refKey(user))} />
                  {user.needs.length > 0 && (
                    <span class="sr needs">needs {user.needs.map(({ name }) => name).join(', ')}</span>
                  )}
                  <Managed of={user} at={at} />
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What a Kustomization manages: objects by kind, and each Rollout. */
function Managed({ of, at }: { of: GitRow; at: (key: string) => Box | undefined }): JSX.Element {
  const key = refKey(of);
  const place = at(`${key}#`);
  return (
    <ul>
      {place !== undefined && (
        <li class="box kinds" style={{ left: `${place.x}px`, top: `${place.y}px` }}>
          {othersOf(of).map(({ kind, count, mark }) => (
            <span class="count">
              <Mark of={mark} size={12} />
              {kind} {count}
            </span>
          ))}
        </li>
      )}
      {of.rollouts.map((rollout, i) => {
        const box = at(`${key}#${i}`);
        return (
          <li key={rollout.namespace + rollout.name}>
            <a
              class={`box ${rollout.mark}`}
              href={pathOf(rollout)}
              style={box === undefined ? {} : { left: `${box.x}px`, top: `${box.y}px` }}
            >
              <Mark of={rollout.mark} />
              <b>{rollout.name}</b> <span class="quiet">{rollout.namespace}</span>
              <span class="line num">Rollout · {rollout.text}</span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}

/** Kinds of objects beside Rollouts, which have boxes of their own. */
function othersOf({ objects }: GitRow): GitRow['objects'] {
  return objects.filter(({ kind }) => kind !== 'Rollout');
}
