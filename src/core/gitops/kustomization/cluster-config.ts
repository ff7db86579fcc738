import { textAt } from '#core/json/read.js';

/** Another cluster that takes tokens of accounts of this one: what a ConfigMap says of it. */
interface ClusterConfig {
  /** The URL of its API server. */
  readonly address: string;
  /** Who signed its certificate, as PEM; absent: an authority that everybody knows. */
  readonly ca?: string;
  /** What tokens are made for. */
  readonly audiences: readonly string[];
  /** The account of the Kustomization's namespace whose tokens are used. */
  readonly account: string;
}

/** What the ConfigMap says, or why it cannot be used. */
export type ParsedClusterConfig =
  { readonly ok: true; readonly config: ClusterConfig } | { readonly ok: false; readonly problem: string };

const cloudProviders = ['aws', 'azure', 'gcp'];

/** Reads the data of a ConfigMap of `spec.kubeConfig`. @param account - for whom it names none; empty: nobody. */
export function parseClusterConfig(
  data: Readonly<Record<string, string>>,
  account: string,
): ParsedClusterConfig {
  const provider = textAt(data, 'provider') ?? '';
  if (cloudProviders.includes(provider)) {
    const instead = 'use provider generic, or spec.kubeConfig.secretRef';
    return refused(`provider "${provider}": is not served by this version; ${instead}`);
  }
  if (provider !== 'generic') return refused(`provider "${provider}": must be generic`);
  const address = textAt(data, 'address') ?? '';
  if (!address.startsWith('https://') || !URL.canParse(address))
    return refused(`address "${address}": must be an https URL`);
  const name = textAt(data, 'serviceAccountName') ?? account;
  if (name === '') return refused('serviceAccountName: name the account whose tokens the cluster takes');
  const ca = textAt(data, 'ca.crt');
  const audiences = linesOf(textAt(data, 'audiences') ?? '');
  return {
    ok: true,
    config: {
      address,
      audiences: audiences.length === 0 ? [address] : audiences,
      account: name,
      ...(ca === undefined ? {} : { ca }),
    },
  };
}

/** One a line, as plain text or as a list of YAML. */
function linesOf(text: string): readonly string[] {
  const lines = text.split(/[\n,]/).map((line) => line.trim().replace(/^- +/, ''));
  return lines.map((line) => line.replace(/^(["'])(.*)\1$/, '$2')).filter((line) => line !== '');
}

function refused(problem: string): ParsedClusterConfig {
  return { ok: false, problem };
}
