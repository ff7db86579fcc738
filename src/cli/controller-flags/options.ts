import type { Command } from 'commander';
import { createGuard } from '#adapters/metrics/http/client/guard.js';
import { parseSelector } from '#core/kube/selector.js';
import type { ControllerProcessOptions } from '../../main.js';
import { targetOf, UsageError } from '../command.js';
import { durationFlag, numberFlag, portFlag, wordFlag } from '../flags.js';
import type { Io } from '../io.js';
import { productVersion } from '../version.js';
import { controllerFlags, type FlagRow } from './table.js';
import { kustomizationOptionsOf, type KustomizationFlags } from './kustomization-options.js';
import { sourceOptionsOf, type SourceFlags } from './source-options.js';

/** The values of the flags of `table.ts`, as commander names them. */
export interface ControllerFlags extends SourceFlags, KustomizationFlags {
  readonly namespaced?: boolean;
  readonly controllers?: readonly string[];
  readonly instanceId: string;
  readonly watchLabelSelector?: string;
  readonly metricsport: string;
  readonly metricsPort?: string;
  readonly healthzPort: string;
  readonly bindAddress?: string;
  readonly pagePort?: string;
  readonly pageAddress?: string;
  readonly pageAuth?: string;
  readonly pageTlsInFront?: boolean;
  readonly leaderElect: string | boolean;
  readonly leaderElectionNamespace?: string;
  readonly leaderElectionLeaseDuration: string;
  readonly leaderElectionRenewDeadline: string;
  readonly leaderElectionRetryPeriod: string;
  readonly qps?: string;
  readonly burst?: string;
  readonly rolloutThreads: string;
  readonly experimentThreads: string;
  readonly analysisThreads: string;
  readonly selfServiceNotificationEnabled?: boolean;
  readonly metricDeniedAddresses: string;
  readonly kustomizeBinary?: string;
  readonly intervalJitterPercentage: string;
  readonly endpointPropagation?: string;
  readonly receiverAddr: string;
  readonly eventsAddr: string;
  /** `false` when `--no-cross-namespace-refs` is given. */
  readonly crossNamespaceRefs: boolean;
  readonly defaultServiceAccount?: string;
  readonly loglevel: string;
  readonly logformat: string;
}

/** What the process is started with; wrong usage for a flag that cannot be read or honoured. */
export function optionsOf(command: Command, io: Io, flags: ControllerFlags): ControllerProcessOptions {
  const given = controllerFlags.filter((row) => isGiven(command, row));
  const [impossible] = given.filter((row) => row.refused !== undefined);
  if (impossible !== undefined) throw new UsageError(`${nameOf(impossible)}: ${impossible.refused ?? ''}`);
  return {
    ...placeOf(command, flags),
    ...(flags.controllers === undefined ? {} : { controllers: controllersOf(flags.controllers) }),
    instanceId: flags.instanceId,
    ...(flags.watchLabelSelector === undefined
      ? {}
      : { watchLabelSelector: selectorFlag('--watch-label-selector', flags.watchLabelSelector) }),
    metricsPort: portFlag('--metrics-port', flags.metricsPort ?? flags.metricsport),
    healthzPort: portFlag('--healthz-port', flags.healthzPort),
    ...(flags.bindAddress === undefined ? {} : { bindAddress: flags.bindAddress }),
    ...pageOptionsOf(flags, io),
    ...leaderOptionsOf(flags),
    ...(flags.qps === undefined ? {} : { qps: numberFlag('--qps', flags.qps) }),
    ...(flags.burst === undefined ? {} : { burst: numberFlag('--burst', flags.burst) }),
    workers: {
      rollout: workersFlag('--rollout-threads', flags.rolloutThreads),
      experiment: workersFlag('--experiment-threads', flags.experimentThreads),
      'analysis-run': workersFlag('--analysis-threads', flags.analysisThreads),
    },
    hasSelfServiceNotifications: flags.selfServiceNotificationEnabled === true,
    deniedMetricAddresses: addressesOf(flags.metricDeniedAddresses),
    ...gitOptionsOf(flags),
    ...inboundOptionsOf(flags),
    ...(flags.endpointPropagation === undefined
      ? {}
      : { endpointPropagationMs: numberFlag('--endpoint-propagation', flags.endpointPropagation) }),
    log: { level: levelOf(flags.loglevel), format: formatOf(flags.logformat) },
    flagsWithoutEffect: given.flatMap((row) =>
      row.noEffect === undefined ? [] : [{ flag: nameOf(row), why: row.noEffect }],
    ),
    version: productVersion(),
    env: io.env,
  };
}

/** The flag as it is written: `--qps`. */
function nameOf({ flags }: FlagRow): string {
  return flags.split(' ')[0] ?? '';
}

function isGiven(command: Command, row: FlagRow): boolean {
  const option = command.options.find(({ long }) => long === nameOf(row));
  return option !== undefined && command.getOptionValueSource(option.attributeName()) === 'cli';
}

function placeOf(command: Command, flags: ControllerFlags): Partial<ControllerProcessOptions> {
  const { kubeconfig, context, namespace, access } = targetOf(command);
  return {
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(access === undefined ? {} : { access }),
    ...(flags.namespaced === true ? { isNamespaced: true } : {}),
    ...(flags.namespaced === true && namespace !== undefined ? { namespace } : {}),
  };
}

/** The peer's one name for a controller alone is `analysis`. */
function controllersOf(names: readonly string[]): readonly string[] {
  return names
    .flatMap((name) => name.split(','))
    .map((name) => (name === 'analysis' ? 'analysis-run' : name));
}

function leaderOptionsOf(flags: ControllerFlags): Partial<ControllerProcessOptions> {
  const times = {
    leaseDurationMs: durationFlag('--leader-election-lease-duration', flags.leaderElectionLeaseDuration),
    renewDeadlineMs: durationFlag('--leader-election-renew-deadline', flags.leaderElectionRenewDeadline),
    retryPeriodMs: durationFlag('--leader-election-retry-period', flags.leaderElectionRetryPeriod),
  };
  if (times.leaseDurationMs <= times.renewDeadlineMs || times.renewDeadlineMs <= times.retryPeriodMs)
    throw new UsageError(
      'the lease duration must be longer than the renew deadline, and that longer than the retry period',
    );
  return {
    leaderElect: flags.leaderElect !== 'false',
    leaderTimes: times,
    ...(flags.leaderElectionNamespace === undefined
      ? {}
      : { leaderNamespace: flags.leaderElectionNamespace }),
  };
}

/** `none` is the empty list. */
function addressesOf(text: string): readonly string[] {
  const list = text === 'none' ? [] : text.split(',').map((entry) => entry.trim());
  try {
    createGuard(list);
    return list;
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown;
    throw new UsageError(`--metric-denied-addresses: ${thrown.message}`);
  }
}

function gitOptionsOf(flags: ControllerFlags): Partial<ControllerProcessOptions> {
  return {
    ...sourceOptionsOf(flags),
    ...kustomizationOptionsOf(flags),
    intervalJitterPercent: numberFlag('--interval-jitter-percentage', flags.intervalJitterPercentage),
    ...(flags.kustomizeBinary === undefined ? {} : { kustomizeBinary: flags.kustomizeBinary }),
  };
}

function inboundOptionsOf(flags: ControllerFlags): Partial<ControllerProcessOptions> {
  const isUrl = /^https?:\/\//.test(flags.eventsAddr);
  const receiverAddress = addressOf('--receiverAddr', flags.receiverAddr);
  const eventsAddress = isUrl ? undefined : addressOf('--events-addr', flags.eventsAddr);
  return {
    ...(receiverAddress === undefined ? {} : { receiverAddress }),
    ...(eventsAddress === undefined ? {} : { eventsAddress }),
    ...(isUrl ? { eventsUrl: flags.eventsAddr } : {}),
    noCrossNamespaceRefs: !flags.crossNamespaceRefs,
    ...(flags.defaultServiceAccount === undefined
      ? {}
      : { defaultServiceAccount: flags.defaultServiceAccount }),
  };
}

/** `host:port` or `:port`; `none` is nowhere. */
function addressOf(flag: string, text: string): ControllerProcessOptions['receiverAddress'] {
  if (text === 'none' || text === '') return undefined;
  const at = text.lastIndexOf(':');
  const host = text.slice(0, Math.max(at, 0)).replace(/^\[|\]$/g, '');
  const port = portFlag(flag, text.slice(at + 1));
  return { ...(host === '' ? {} : { host }), port };
}

function pageOptionsOf(flags: ControllerFlags, io: Io): Partial<ControllerProcessOptions> {
  if (flags.pagePort === undefined) {
    if (flags.pageAddress !== undefined || flags.pageAuth !== undefined || flags.pageTlsInFront === true)
      throw new UsageError('--page-address, --page-auth and --page-tls-in-front need --page-port');
    return {};
  }
  return {
    pagePort: portFlag('--page-port', flags.pagePort),
    ...(flags.pageAddress === undefined ? {} : { pageAddress: flags.pageAddress }),
    ...(flags.pageAuth === undefined
      ? {}
      : { pageAuth: wordFlag('--page-auth', flags.pageAuth, ['key', 'token', 'off'] as const) }),
    isPageTlsInFront: flags.pageTlsInFront === true,
    // In the environment, since every user of the machine can read a command line.
    ...(io.env['SLUICE_PAGE_KEY'] === undefined ? {} : { pageKey: io.env['SLUICE_PAGE_KEY'] }),
  };
}

function selectorFlag(flag: string, text: string): string {
  if (text.trim() !== '' && parseSelector(text) !== undefined) return text;
  throw new UsageError(`${flag} ${text}: expected a label selector`);
}

function workersFlag(flag: string, text: string): number {
  const count = numberFlag(flag, text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new UsageError(`${flag} ${text}: expected a whole number from 1 on`);
}

const levels = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  fatal: 'error',
  panic: 'error',
} as const;

function levelOf(text: string): (typeof levels)[keyof typeof levels] {
  return levels[wordFlag('--loglevel', text, Object.keys(levels) as (keyof typeof levels)[])];
}

function formatOf(text: string): 'json' | 'pretty' {
  return wordFlag('--logformat', text, ['json', 'text', 'pretty']) === 'json' ? 'json' : 'pretty';
}
