import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { formatClock, formatSpan } from '#core/view/words/format.js';
import type { Block, Detail } from '#core/view/wire/detail.js';
import { now } from '../live/store.js';
import { Glyph } from '../parts/glyph.js';
import { keepTogether, Phrase } from '../parts/time.js';

const wideOpen = 12;
const around = 3;

/** The steps: done, now, to come. Long ladders fold far blocks into ticks. */
export function Ladder({ of }: { of: Detail }): JSX.Element {
  const { blocks, row } = of;
  const track = useRef<HTMLOListElement>(null);
  const isAll = useSignal(false);
  const current = blocks.findIndex((block) => block.state === 'current' || block.state === 'failed');
  useEffect(() => {
    const node = track.current?.querySelector('[data-now]');
    const box = track.current;
    if (node instanceof HTMLElement && box !== null) box.scrollLeft = node.offsetLeft - box.clientWidth / 2;
  }, [current]);
  if (blocks.length === 0) return <PlainUpdate of={of} />;
  const isFolded = blocks.length > wideOpen && !isAll.value;
  const center = current < 0 ? blocks.length - 1 : current;
  return (
    <section class={`ladder ${blocks.length > wideOpen ? 'long' : ''}`} id="steps" aria-label="Steps">
      <ol
        ref={track}
        tabIndex={0}
        onKeyDown={walk}
        class={isFolded ? 'folded' : ''}
        aria-label={`${row.step?.[0] ?? 0} of ${row.step?.[1] ?? blocks.length} steps done`}
      >
        {blocks.map((block, i) => (
          <BlockItem key={i} of={block} isTick={isFolded && Math.abs(i - center) > around} />
        ))}
      </ol>
      {blocks.length > wideOpen && (
        <button type="button" class="plain" onClick={() => (isAll.value = !isAll.value)}>
          {isAll.value ? 'fold' : `all ${blocks.length}`}
        </button>
      )}
    </section>
  );
}

function walk(event: KeyboardEvent): void {
  const by = { ArrowRight: 160, ArrowLeft: -160 }[event.key];
  if (by === undefined || !(event.currentTarget instanceof HTMLElement)) return;
  event.currentTarget.scrollLeft += by;
  event.preventDefault();
}

function BlockItem({ of: block, isTick }: { of: Block; isTick: boolean }): JSX.Element {
  const index = block.from === block.to ? `index ${block.from}` : `indexes ${block.from}–${block.to}`;
  const isNow = block.state === 'current';
  return (
    <li
      class={`block ${block.state}${isTick ? ' tick' : ''}`}
      title={`${block.label} · ${block.state} · API ${index}`}
      aria-current={isNow ? 'step' : undefined}
      data-now={isNow || block.state === 'failed' ? '' : undefined}
    >
      <Node of={block} />
      {!isTick && (
        <span class="block-text">
          <span class="block-label">
            {block.glyphs.map((glyph) => (
              <Glyph of={glyph} />
            ))}
            <b>{keepTogether(block.label)}</b>
          </span>
          <span class="block-note">
            <Note of={block} />
          </span>
        </span>
      )}
      <span class="sr">{block.state}</span>
    </li>
  );
}

/** A timed block counts; every other says its note. */
function Note({ of: block }: { of: Block }): JSX.Element {
  if (block.state === 'current' && block.since !== null && block.until !== null) {
    const all = block.until - block.since;
    const done = Math.min(all, Math.max(0, now.value - block.since));
    return (
      <span class="num">
        {formatClock(done)} of {formatClock(all)}
      </span>
    );
  }
  if (block.state === 'current' && block.endless && block.since !== null)
    return (
      <>
        a person · <span class="num">{keepTogether(formatSpan(now.value - block.since))}</span>
      </>
    );
  return <Phrase of={block.note} />;
}

function Node({ of: block }: { of: Block }): JSX.Element {
  const isTimed = block.state === 'current' && block.since !== null && block.until !== null;
  const live = isTimed
    ? (now.value - (block.since ?? 0)) / Math.max(1, (block.until ?? 0) - (block.since ?? 0))
    : null;
  const progress = Math.min(1, Math.max(0.03, live ?? block.progress ?? 0.03));
  const round = 2 * Math.PI * 9;
  return (
    <svg class="node" width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">
      <circle cx="12" cy="12" r="9" class="base" />
      {block.state === 'current' && !block.endless && (
        <circle
          cx="12"
          cy="12"
          r="9"
          class="arc"
          stroke-dasharray={`${progress * round} ${round}`}
          transform="rotate(-90 12 12)"
        />
      )}
      {block.state === 'current' && block.endless && <path class="bars" d="M9.5 8v8M14.5 8v8" />}
      {block.state === 'done' && <path class="check" d="M8 12.4l2.8 2.8L16.2 9.4" />}
      {block.state === 'failed' && <path class="check" d="M8.6 8.6l6.8 6.8m0-6.8l-6.8 6.8" />}
      {block.state === 'undone' && <path class="check" d="M15.5 12H8.5m2.6-2.8L8.3 12l2.8 2.8" />}
    </svg>
  );
}

function PlainUpdate({ of }: { of: Detail }): JSX.Element {
  const { ready, desired } = of.row.replicas;
  const share = desired === 0 ? 1 : Math.min(1, ready / desired);
  return (
    <section class="ladder plain-update" id="steps" aria-label="Progress">
      <p>
        <b>Plain rolling update</b> <span class="quiet">This rollout has no steps.</span>
      </p>
      <progress value={share} max={1} aria-label="New pods ready" />
      <p class="num">
        {ready} of {desired} pods of revision {of.row.revision || '–'} ready
      </p>
    </section>
  );
}
