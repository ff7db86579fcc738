import type { JSX } from 'preact';
import type { GitRef, GitRow } from '#core/view/wire/git.js';
import { Mark } from '../parts/mark.js';
import { printTimeless } from '#core/view/words/format.js';
import type { Box } from './layout.js';

export function gitPath({ kind, namespace, name }: GitRef): string {
  return `/git/${[kind, namespace, name].map(encodeURIComponent).join('/')}`;
}

/** One source or Kustomization as a box: state, name, revision, and what is out of the ordinary. */
export function Node({ of, at }: { of: GitRow | GitRef; at?: Box | undefined }): JSX.Element {
  const row = 'mark' in of ? of : undefined;
  return (
    <a
      class={`box ${row?.mark ?? 'off'}`}
      href={gitPath(of)}
      style={at === undefined ? {} : { left: `${at.x}px`, top: `${at.y}px` }}
      title={
        row === undefined ? `${of.kind} ${of.namespace}/${of.name} is not here` : printTimeless(row.sentence)
      }
    >
      <Mark of={row?.mark ?? 'off'} />
      <b>{of.name}</b> <span class="quiet">{of.namespace}</span>
      <span class="line num">{row === undefined ? 'not found' : lineOf(row)}</span>
    </a>
  );
}

function lineOf(row: GitRow): string {
  const kind = row.source === null ? `${row.kind.replace('Repository', '')} ` : '';
  const parts = [
    ...(row.mark === 'ok' ? [] : [row.state]),
    row.revision || 'nothing yet',
    ...(row.held === 0 ? [] : [`${row.held} held`]),
    ...(row.drift === 0 ? [] : [`drift ${row.drift}`]),
    ...(row.leased === 0 ? [] : [`${row.leased} leased`]),
    ...(row.waiting === '' ? [] : [`next ${row.waiting}`]),
  ];
  return `${kind}${parts.join(' · ')}`;
}
