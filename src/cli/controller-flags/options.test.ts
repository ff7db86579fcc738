import { expect } from 'chai';
import { Command } from 'commander';
import { createCliWorld } from '#test/fakes/cli-io.js';
import type { ControllerProcessOptions } from '../../main.js';
import { addControllerFlags } from '../commands/controller.js';
import { readGoBooleans } from '../flags.js';
import type { Io } from '../io.js';
import { optionsOf, type ControllerFlags } from './options.js';
import { controllerFlags } from './table.js';

/** What the process would be started with. */
function read(line: string, env: Io['env'] = {}): ControllerProcessOptions {
  const program = new Command('sluice').option('--kubeconfig <file>').option('-n, --namespace <name>');
  const controller = addControllerFlags(program.command('controller'));
  let options: ControllerProcessOptions = {};
  // Of the surroundings only the environment is looked at.
  const io = { env } as Io;
  controller.action((flags: ControllerFlags) => void (options = optionsOf(controller, io, flags)));
  const args = ['controller', ...line.split(' ').filter((word) => word !== '')];
  program.parse([...readGoBooleans(args, program)], { from: 'user' });
  return options;
}

describe('flags of the controller (rollout-semantics 17)', () => {
  it('has the defaults of the peer', () => {
    expect(read('')).to.deep.include({
      instanceId: '',
      metricsPort: 8090,
      healthzPort: 8080,
      leaderElect: true,
      leaderTimes: { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2000 },
      workers: { rollout: 10, experiment: 10, 'analysis-run': 30 },
      hasSelfServiceNotifications: false,
      flagsWithoutEffect: [],
    });
  });
  for (const [line, expected] of Object.entries({
    '--metricsport 1 --healthzPort 2': { metricsPort: 1, healthzPort: 2 },
    '--metricsPort=3 --healthz-port=4': { metricsPort: 3, healthzPort: 4 },
    '--metrics-port 5': { metricsPort: 5 },
    '--leader-elect=false': { leaderElect: false },
    '--leader-elect': { leaderElect: true },
    '--instance-id blue --qps 5 --burst 7': { instanceId: 'blue', qps: 5, burst: 7 },
    '--rollout-threads=1 --experiment-threads=2 --analysis-threads=3': {
      workers: { rollout: 1, experiment: 2, 'analysis-run': 3 },
    },
    '--watch-label-selector shard=1,!old': { watchLabelSelector: 'shard=1,!old' },
    '--controllers analysis': { controllers: ['analysis-run'] },
    '--controllers=rollout,analysis': { controllers: ['rollout', 'analysis-run'] },
    '--namespaced': { isNamespaced: true },
    '--namespaced -n shop': { isNamespaced: true, namespace: 'shop' },
    '--loglevel warning --logformat text': { log: { level: 'warn', format: 'pretty' } },
    '--loglevel trace': { log: { level: 'debug', format: 'json' } },
    '--leader-election-namespace locks --leader-election-lease-duration 30s': {
      leaderNamespace: 'locks',
      leaderTimes: { leaseDurationMs: 30_000, renewDeadlineMs: 10_000, retryPeriodMs: 2000 },
    },
    '--metric-denied-addresses none': { deniedMetricAddresses: [] },
    '--metric-denied-addresses 10.0.0.0/8,fe80::1': { deniedMetricAddresses: ['10.0.0.0/8', 'fe80::1'] },
    '--requeue-dependency 5s': { dependencyMs: 5000 },
    '--concurrent 8': {
      gitWorkers: { 'git-repository': 8, 'oci-repository': 8, bucket: 8, kustomization: 8 },
    },
    '--custom-apply-stage-kinds example.com/Thing,x.io/Y --override-manager argocd,me': {
      kustomizations: {
        customStageKinds: ['example.com/Thing', 'x.io/Y'],
        overrideManagers: ['argocd', 'me'],
      },
    },
    '--feature-gates StrictPostBuildSubstitutions=false,AdditiveCELDependencyCheck=true,DirectSourceFetch=true,DisableFailFastBehavior=true':
      {
        kustomizations: {
          customStageKinds: [],
          overrideManagers: [],
          isStrict: false,
          isReadyExprAdded: true,
          isPatient: true,
        },
      },
    '--default-decryption-service-account d --default-kubeconfig-service-account k': {
      kustomizations: {
        customStageKinds: [],
        overrideManagers: [],
        defaultDecryptionAccount: 'd',
        defaultKubeconfigAccount: 'k',
      },
    },
    '--sops-age-secret keys': { sopsAgeSecret: 'keys' },
    '--no-cross-namespace-refs=true': { noCrossNamespaceRefs: true },
    '--self-service-notification-enabled=true': { hasSelfServiceNotifications: true },
    '--self-service-notification-enabled=false': { hasSelfServiceNotifications: false },
  }))
    it(`reads ${line}`, () => expect(read(line)).to.deep.include(expected));
  it('does not take a namespace for namespaced mode without its flag', () => {
    expect(read('-n shop')).not.to.have.any.keys('namespace', 'isNamespaced');
  });
  it('names each given flag that does nothing', () => {
    const line =
      '--rollout-resync 60 --kloglevel=4 --nginx-ingress-classes nginx --service-threads 3 --no-remote-bases';
    expect(read(line).flagsWithoutEffect?.map(({ flag }) => flag)).to.have.members([
      '--rollout-resync',
      '--kloglevel',
      '--nginx-ingress-classes',
      '--service-threads',
      '--no-remote-bases',
    ]);
  });
  for (const [line, why] of Object.entries({
    '--aws-verify-target-group': '--aws-verify-target-group: target groups are not verified here',
    '--enable-pprof-address :8888': '--enable-pprof-address: there is no Go profiler here',
    '--feature-gates Nothing=true': '--feature-gates Nothing=true: there is no such gate here',
    '--feature-gates StrictPostBuildSubstitutions':
      '--feature-gates StrictPostBuildSubstitutions: expected <gate>=true or <gate>=false',
    '--concurrent 0': '--concurrent 0: expected a whole number from 1 on',
    '--watch-label-selector a=b=c': '--watch-label-selector a=b=c: expected a label selector',
    '--rollout-threads 0': '--rollout-threads 0: expected a whole number from 1 on',
    '--leader-election-renew-deadline 20s': 'the lease duration must be longer than the renew deadline',
    '--metricsport http': '--metrics-port http: expected a number',
    '--metric-denied-addresses metadata': '--metric-denied-addresses: metadata is no address and no network',
    '--page-auth key': '--page-address, --page-auth and --page-tls-in-front need --page-port',
  }))
    it(`refuses ${line}`, async () => {
      const { code, err } = await (await createCliWorld()).run(`controller ${line}`);
      expect(code).to.equal(2);
      expect(err).to.include(why);
    });
  it('lists every flag in its help', async () => {
    const { out } = await (await createCliWorld()).run('controller --help');
    for (const { flags } of controllerFlags) expect(out).to.include(`  ${flags} `);
  });
});
