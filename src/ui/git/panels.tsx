import type { ComponentChildren, JSX } from 'preact';
import type { GitDetail } from '#core/view/wire/git.js';
import { pathOf } from '../live/router.js';
import { Mark } from '../parts/mark.js';
import { Panel } from '../parts/panel.js';
import { Ago } from '../parts/time.js';
import { Commit } from './trail.js';

/** A table without heads: the first cell names the row. */
function Table({ title, rows }: { title: string; rows: readonly ComponentChildren[][] }): JSX.Element {
  return (
    <Panel title={title}>
      <table class="plain-table">
        <tbody>
          {rows.map(([name, what, when]) => (
            <tr>
              <th scope="row">{name}</th>
              <td class="grow">{what}</td>
              <td class="num quiet">{when}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

/** Every object of the inventory, the worst first. */
export function Managed({ of: { objects, moreObjects, row } }: { of: GitDetail }): JSX.Element | null {
  if (row.source === null) return null;
  const rows = objects.map(({ kind, namespace, name, mark, state, message }) => [
    <>
      <Mark of={mark} size={12} /> {kind}
    </>,
    <>
      {kind === 'Rollout' ? <a href={pathOf({ namespace, name })}>{name}</a> : name}{' '}
      <span class="quiet">
        {namespace} {message}
      </span>
    </>,
    state,
  ]);
  if (moreObjects > 0) rows.push([<></>, <>and {moreObjects} more</>, '']);
  return <Table title={`Inventory: ${row.objects.reduce((sum, { count }) => sum + count, 0)}`} rows={rows} />;
}

/** Who changed what, and that it was set back. */
export function Drift({ of: { drift, row } }: { of: GitDetail }): JSX.Element | null {
  if (row.source === null) return null;
  if (drift.length === 0)
    return (
      <Panel title="Drift">
        <p class="quiet">Nobody has changed what it applies, as far as events remember: about an hour.</p>
      </Panel>
    );
  const rows = drift.map(({ object, who, fields, at, count }) => [
    object,
    <>
      <b>{who}</b> changed <span class="mono">{fields}</span>, set back{count > 1 && ` ${count} times`}
    </>,
    <Ago at={at} />,
  ]);
  return <Table title="Drift" rows={rows} />;
}

/** Fields that running releases own: no drift, and not Git's for now. */
export function Leases({ of }: { of: GitDetail['leases'] }): JSX.Element | null {
  if (of.length === 0) return null;
  const rows = of.map(({ object, fields, note }) => [
    object,
    <>
      <span class="mono">{fields.join(', ')}</span> {note}
    </>,
    '',
  ]);
  return <Table title="Leased to releases" rows={rows} />;
}

/** Workloads that do not follow Git for now, and why. */
export function Held({ of }: { of: GitDetail['held'] }): JSX.Element | null {
  if (of.length === 0) return null;
  return (
    <Table
      title="Held back"
      rows={of.map(({ object, why, since }) => [object, why, since !== null && <Ago at={since} />])}
    />
  );
}

/** What was applied before, newest first. */
export function Runs({ of }: { of: GitDetail['runs'] }): JSX.Element | null {
  if (of.length === 0) return null;
  const rows = of.map(({ commit, status, mark, lastAt, took, count }) => [
    <>
      <Mark of={mark} size={12} /> {status.replace('Reconciliation', '')}
    </>,
    <>
      <Commit of={commit} />{' '}
      <span class="quiet">
        {took}
        {count > 1 && `, ${count} times`}
      </span>
    </>,
    lastAt !== null && <Ago at={lastAt} />,
  ]);
  return <Table title="History" rows={rows} />;
}
