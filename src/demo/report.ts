import type { HostTotals } from './ledger.js';

/** A promise of the demo and whether it was kept. */
export interface Check {
  readonly what: string;
  readonly isKept: boolean;
  readonly detail: string;
}

export interface DemoReport {
  readonly phases: readonly { readonly name: string; readonly ms: number }[];
  readonly hosts: readonly HostTotals[];
  readonly dropReasons: readonly (readonly [reason: string, count: number])[];
  readonly users: number;
  readonly exposed: { readonly users: number; readonly harmed: number };
  readonly checks: readonly Check[];
}

/** Whether the demo did all that it promises; a report without promises did nothing. */
export function isEveryPromiseKept({ checks }: Pick<DemoReport, 'checks'>): boolean {
  return checks.length > 0 && checks.every((check) => check.isKept);
}

/** The table at the end of the demo. */
export function printReport(report: DemoReport): string {
  const { hosts } = report;
  const sum = (field: 'sent' | 'ok' | 'failed' | 'dropped'): number =>
    hosts.reduce((total, host) => total + host[field], 0);
  const row = (cells: readonly (string | number)[]): string =>
    `  ${String(cells[0]).padEnd(24)}${cells
      .slice(1)
      .map((cell) => String(cell).padStart(12))
      .join('')}`;
  const lines = [
    '',
    row(['requests', 'sent', 'answered', 'failed', 'dropped']),
    row(['', '', '', 'by the app', 'by delivery']),
    ...hosts.map((host) => row([host.host, host.sent, host.ok, host.failed, host.dropped])),
    row(['all', sum('sent'), sum('ok'), sum('failed'), sum('dropped')]),
    ...report.dropReasons.map(([reason, count]) => `  dropped: ${count} × ${reason}`),
    '',
    ...report.phases.map(
      (phase) => `  ${phase.name.padEnd(52)}${(phase.ms / 1000).toFixed(1).padStart(8)} s`,
    ),
    '',
    `  users that met the bad version: ${report.exposed.users} of ${report.users}; ${report.exposed.harmed} of them got an error from it`,
    '',
    ...report.checks.map(
      (check) =>
        `  ${check.isKept ? '✔' : '✖'} ${check.what}${check.detail === '' ? '' : `: ${check.detail}`}`,
    ),
    '',
  ];
  return lines.join('\n');
}
