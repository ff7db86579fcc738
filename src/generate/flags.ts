import { controllerFlags, type FlagRow } from '../cli/controller-flags/table.js';

/** docs/flags.md: the flags of `sluice controller`, and which of them do what. */
export function renderFlags(): { readonly path: string; readonly text: string } {
  const used = controllerFlags.filter((row) => row.noEffect === undefined && row.refused === undefined);
  const ignored = controllerFlags.filter((row) => row.noEffect !== undefined);
  const refused = controllerFlags.filter((row) => row.refused !== undefined);
  return {
    path: 'docs/flags.md',
    text: [
      '# Flags of the controller',
      '',
      "Written by `make docs` from `src/cli/controller-flags/table.ts`. Names and defaults are those of Argo Rollouts' controller",
      'where it has the flag, so that the arguments of its Deployment can stay.',
      '',
      table(used, ({ text }) => text),
      'Taken and without effect; the log says so once when one is given:',
      '',
      table(ignored, ({ text, noEffect = '' }) => `${text}: ${noEffect}`),
      'Refused, since to go on without them would not do what was asked for:',
      '',
      table(refused, ({ text, refused: why = '' }) => `${text}: ${why}`),
      'Before or behind the command stand the flags of kubectl: `--kubeconfig`, `--context`, `--namespace`, `--cluster`, `--user`,',
      '`--server`, `--token`, `--as`, `--as-group`, `--insecure-skip-tls-verify`, `--certificate-authority`, `--client-certificate`,',
      '`--client-key`, `--tls-server-name`, `--proxy-url`, `--request-timeout`.',
      '',
    ].join('\n'),
  };
}

function table(rows: readonly FlagRow[], say: (row: FlagRow) => string): string {
  const lines = rows.map((row) => {
    const preset = row.preset === undefined ? '' : `\`${row.preset === '' ? '""' : row.preset}\``;
    return `| \`${row.flags}\` | ${preset} | ${row.isOfPeer ? 'yes' : ''} | ${say(row)} |`;
  });
  return ['| flag | default | of the peer | |', '|---|---|---|---|', ...lines, ''].join('\n');
}
