import type { JSX } from 'preact';
import type { SwitchView } from '#core/view/wire/detail.js';
import type { Mark as MarkName } from '#core/view/wire/list.js';

/** Blue-green: who is active, who is in preview, and the switch between them. */
export function Switches({ of, mark }: { of: SwitchView; mark: MarkName }): JSX.Element {
  const { active, preview } = of;
  const isSame = preview !== null && preview.hash === active.hash;
  return (
    <section class="switches" aria-label="Active and preview">
      <Box title="Active" who="users" of={active} tone="stable" />
      <svg
        class={`switch-arrow ${isSame ? 'done' : mark}`}
        width="64"
        height="24"
        viewBox="0 0 64 24"
        aria-hidden="true"
      >
        <path d="M60 12H6M14 5l-8 7 8 7" />
      </svg>
      {preview === null ? (
        <p class="quiet">No preview Service: the new revision is not reachable before the switch.</p>
      ) : (
        <Box
          title="Preview"
          who={isSame ? 'same revision' : 'testers'}
          of={preview}
          tone={isSame ? 'stable' : 'canary'}
        />
      )}
    </section>
  );
}

function Box(props: { title: string; who: string; of: SwitchView['active']; tone: string }): JSX.Element {
  const { title, who, of, tone } = props;
  return (
    <div class={`switch-box ${tone}`}>
      <span class="quiet">{title}</span>
      <b class="num">{of.revision === null ? 'no revision' : `rev ${of.revision}`}</b>
      <span class="mono">{of.service}</span>
      <span class="quiet">{who}</span>
    </div>
  );
}
