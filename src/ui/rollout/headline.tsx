import type { JSX } from 'preact';
import { Fragment } from 'preact';
import type { Detail } from '#core/view/wire/detail.js';
import { Mark } from '../parts/mark.js';
import { Ago, Phrase } from '../parts/time.js';

/** What it is, which change, and one sentence of the controller. */
export function Headline({ of }: { of: Detail }): JSX.Element {
  const { row, fromRevision } = of;
  const progress = row.step === null ? 0.3 : row.step[0] / row.step[1];
  return (
    <div class={`headline ${row.mark}`}>
      <div class="headline-title">
        <Mark of={row.mark} size={24} progress={progress} />
        <h1 tabIndex={-1}>
          <span class="quiet">{row.namespace} /</span> {row.name}
        </h1>
        <span class={`phase ${row.mark}`}>{row.phase}</span>
        <span class="change num">
          {fromRevision !== null && <>rev {fromRevision} → </>}
          <b>
            {fromRevision === null && 'rev '}
            {row.revision || '–'}
          </b>
        </span>
        <ImageChange from={of.fromImage} to={row.image} />
        {row.commit !== null && <span class="change num">{row.commit.slice(0, 7)}</span>}
        {row.since !== null && (
          <span class="quiet">
            <Ago at={row.since} />
          </span>
        )}
      </div>
      <p class="sentence">
        <Phrase of={row.sentence} />
      </p>
    </div>
  );
}

/** Both images; only the part that differs is bold. */
function ImageChange({ from, to }: { from: string | null; to: string }): JSX.Element {
  if (to === '') return <Fragment />;
  if (from === null || from === '' || from === to)
    return (
      <span class="change mono" title={to}>
        {shortImage(to)}
      </span>
    );
  const shared = sharedLength(from, to);
  const cut = (text: string): string => shortImage(text.slice(0, shared));
  return (
    <span class="change mono" title={`${from} → ${to}`}>
      {cut(from)}
      <span class="old">{from.slice(shared)}</span> → {cut(to)}
      <b>{to.slice(shared)}</b>
    </span>
  );
}

function sharedLength(a: string, b: string): number {
  let end = 0;
  for (let i = 0; i < Math.min(a.length, b.length) && a[i] === b[i]; i += 1)
    if (':/@.-'.includes(a[i] ?? '')) end = i + 1;
  return end;
}

/** Without the registry's host, which is the same for all. */
function shortImage(image: string): string {
  return image.replace(/^[\w.-]+[.:][\w.:-]*\//, '');
}
