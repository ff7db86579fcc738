import type { CanaryStep } from '#api/argoproj/rollout.js';
import { kindDefinitions } from '#api/definitions.js';
import { apiVersionOf } from '#api/kinds.js';
import { metricSources } from '#adapters/metrics/index.js';
import type { Capabilities } from '#core/traffic/capabilities.js';
import type { TrafficProvider } from '#providers/contract.js';
import { trafficProviders } from '#providers/index.js';
import { createRealClock } from '#runtime/clock.js';
import type { GeneratedFile } from './crds.js';

/** What each step does; a new one does not compile until it stands here. */
const steps = {
  setWeight: 'gives the canary this share of traffic, or of pods without a router',
  pause: 'waits for a time, or for a person',
  setCanaryScale: 'sizes the canary apart from its weight',
  analysis: 'runs an analysis and goes on when it succeeds',
  setHeaderRoute: 'sends requests with certain headers to the canary',
  setMirrorRoute: 'copies requests to the canary',
  experiment: 'runs an experiment and goes on when it succeeds',
  plugin: 'asks a program or endpoint of the user (docs/plugins.md)',
} as const satisfies Record<keyof Required<CanaryStep>, string>;

type Answer = boolean | string;

/** The columns of the table of providers. */
const columns: Readonly<Record<string, (capabilities: Capabilities) => Answer>> = {
  weights: ({ weights }) => weights,
  'header routes': ({ headerRoutes }) => headerRoutes,
  mirroring: ({ mirrorRoutes }) => mirrorRoutes,
  'more destinations': ({ additionalDestinations }) => additionalDestinations,
  'own scale of weights': ({ maxTrafficWeight }) => maxTrafficWeight,
  subsets: ({ subsets }) => subsets,
  'a weight is known to hold': ({ confirm, propagationMs }) =>
    confirm === 'wait' ? `${propagationMs / 1000} s after it was written` : 'when the object says so',
};

/** docs/support.md: what is served, from what is registered. */
export function renderSupport(): GeneratedFile {
  const sections = [
    '<!-- Written by `make docs` from what is registered in the code; do not edit. -->',
    '# What is supported',
    'Differences from Argo Rollouts and Flux are in [compatibility.md](compatibility.md).',
    '## Kinds',
    table(['kind', 'API', 'short'], kindDefinitions.map(kindRow)),
    '## Traffic',
    'Without a router the canary gets its share by numbers of pods.',
    table(['under `trafficRouting`', ...Object.keys(columns)], trafficProviders.map(providerRow)),
    '## Canary steps',
    table(['step', 'what it does'], Object.entries(steps)),
    '## Metrics',
    `An AnalysisTemplate may ask: ${metricNames()}. A metric of any other provider makes the run an Error that names it.`,
  ];
  return { path: 'docs/support.md', text: `${sections.join('\n\n')}\n` };
}

function kindRow({ kind, shortNames }: (typeof kindDefinitions)[number]): readonly string[] {
  return [kind.kind, `\`${apiVersionOf(kind)}\``, shortNames.join(', ')];
}

function providerRow({ id, plugin, capabilities }: TrafficProvider): readonly string[] {
  const key = plugin === undefined ? id : `plugins["${plugin}"]`;
  return [`\`${key}\``, ...Object.values(columns).map((read) => words(read(capabilities)))];
}

function words(answer: Answer): string {
  if (typeof answer === 'string') return answer;
  return answer ? 'yes' : 'no';
}

function metricNames(): string {
  return servedMetrics()
    .map((name) => `\`${name}\``)
    .join(', ');
}

/** The metric providers that an AnalysisTemplate may name. */
export function servedMetrics(): readonly string[] {
  return Object.keys(metricSources({ clock: createRealClock(), env: {} }));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
