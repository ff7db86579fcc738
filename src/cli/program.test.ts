import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { parseYamlStream } from '#core/yaml/yaml.js';
import { AppError } from '#ports/errors.js';
import { createCliWorld, letLook, type Finished } from '#test/fakes/cli-io.js';

async function run(line: string): Promise<Finished> {
  return (await createCliWorld()).run(line);
}

describe('sluice', () => {
  it('shows its commands, by its own name', async () => {
    const { code, out } = await run('--help');
    expect(code).to.equal(0);
    expect(out).to.match(/^Usage: sluice \[options\] \[command\]/);
    for (const command of [
      'controller',
      'get',
      'promote',
      'undo',
      'lint',
      'create',
      'why',
      'terminate',
      'dashboard',
    ])
      expect(out).to.match(new RegExp(`^  ${command} `, 'm'));
    expect((await run('promote --help')).out).to.match(/^Usage: sluice promote \[options\] <rollout>/);
  });
  it('answers wrong usage with 2', async () => {
    const lines = {
      promot: "unknown command 'promot'",
      promote: "missing required argument 'rollout'",
      'promote web --fast': "unknown option '--fast'",
      'get rollout web extra': 'too many arguments',
      'get pod web': "unknown command 'pod'",
      'abort deployment/web': '"deployment/web": expected the name of a rollout',
      'abort rollout/': '"rollout/": expected the name of a rollout',
      'completion tcsh': 'tcsh: expected one of bash, zsh, fish',
      'sandbox --port http': '--port http: expected a number',
      'controller --loglevel loud':
        '--loglevel loud: expected one of trace, debug, info, warn, warning, error, fatal, panic',
    };
    for (const [line, why] of Object.entries(lines)) {
      const { code, out, err } = await run(line);
      expect([line, code, out]).to.deep.equal([line, 2, '']);
      expect(err).to.include(`error: ${why}`);
    }
  });
  it('takes the flags of the cluster before and behind the command', async () => {
    const world = await createCliWorld();
    await world.run('-n shop --context prod list rollouts');
    await world.run('list rollouts -n shop --context=prod');
    await world.run('list --kubeconfig k.yaml ro');
    expect(world.targets).to.deep.equal([
      { context: 'prod', namespace: 'shop' },
      { context: 'prod', namespace: 'shop' },
      { kubeconfig: 'k.yaml' },
    ]);
  });
  it('takes the arguments of a Deployment of the peer, which are flags alone', async () => {
    const line = '--namespace shop --namespaced --loglevel=info --rollout-threads=none';
    expect((await run(line)).err).to.equal('error: --rollout-threads none: expected a number\n');
    expect((await run('--namespace shop list ro --watch=false')).code).to.equal(0);
  });
  it('takes the flags of kubectl that stand over the kubeconfig', async () => {
    const world = await createCliWorld();
    await world.run(
      '--as-group dev list ro --server https://a:1 --token t --as jo --as-group=ops --request-timeout 5s',
    );
    await world.run('list ro --cluster c --user u --insecure-skip-tls-verify --request-timeout=7');
    expect(world.targets).to.deep.equal([
      { access: { server: 'https://a:1', token: 't', as: 'jo', asGroups: ['dev', 'ops'] }, timeoutMs: 5000 },
      { access: { cluster: 'c', user: 'u', isInsecure: true }, timeoutMs: 7000 },
    ]);
    expect((await world.run('list ro --request-timeout soon')).code).to.equal(2);
  });
  it('says in one line why the cluster does not answer', async () => {
    const world = await createCliWorld({
      kube: (kube) => ({
        ...kube,
        list: async () => {
          throw new AppError('KubeUnreachable', 'https://10.0.0.1:6443: connection refused');
        },
      }),
    });
    const { code, err } = await world.run('list rollouts');
    expect([code, err]).to.deep.equal([
      1,
      'error: the cluster does not answer: https://10.0.0.1:6443: connection refused\n' +
        'Is it the right one? See --kubeconfig and --context, and the variable KUBECONFIG.\n',
    ]);
  });
  it('can be interrupted while the cluster says nothing', async () => {
    const world = await createCliWorld({
      kube: (kube) => ({ ...kube, list: async () => new Promise(() => undefined) }),
    });
    const running = world.start('list rollouts');
    await letLook(world);
    running.interrupt();
    await letLook(world, 600);
    expect([await running.done, world.err()]).to.deep.equal([130, '']);
  });
  it('prints its version', async () => {
    expect((await run('version --short')).out).to.equal('dev\n');
    expect((await run('version')).out).to.match(/^sluice dev \(node /);
    expect((await run('--version')).out).to.equal('dev\n');
  });
  it('prints all kinds as documents that parse', async () => {
    const { out } = await run('crds');
    const parsed = parseYamlStream(out);
    const names = parsed.ok
      ? parsed.value.map((crd) => (crd as { spec: { names: { kind: string } } }).spec)
      : [];
    expect(names.map(({ names: { kind } }) => kind)).to.have.members([
      'Rollout',
      'AnalysisTemplate',
      'ClusterAnalysisTemplate',
      'AnalysisRun',
      'Experiment',
      'GitRepository',
      'OCIRepository',
      'Bucket',
      'ExternalArtifact',
      'Kustomization',
      'Receiver',
      'Provider',
      'Alert',
    ]);
  });
});

describe('sluice completion', () => {
  /** What bash offers behind these words. */
  async function offered(words: readonly string[]): Promise<readonly string[]> {
    const { out } = await run('completion bash');
    const line = ['sluice', ...words].map((word) => `'${word}'`).join(' ');
    const script = `${out}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length}; _sluice; echo "\${COMPREPLY[*]}"`;
    return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split(' ');
  }

  it('bash completes commands, their parts and flags', async () => {
    expect(await offered(['pro'])).to.deep.equal(['promote']);
    expect(await offered(['-n', 'shop', 'ab'])).to.deep.equal(['abort']);
    expect(await offered(['get', 'r'])).to.deep.equal(['rollout']);
    expect(await offered(['set', 'i'])).to.deep.equal(['image']);
    expect(await offered(['promote', 'web', '--f'])).to.deep.equal(['--full']);
    expect(await offered(['get', 'ro', '--wa'])).to.deep.equal(['--watch']);
    expect(await offered(['status', '--timeout', ''])).to.deep.equal(['']);
  });
  it('bash finds the script for both names of the program', async () => {
    const { out } = await run('completion bash');
    const listed = execFileSync('bash', ['-c', `${out}\ncomplete -p sluice kubectl-sluice`], {
      encoding: 'utf8',
    });
    expect(listed.trim().split('\n')).to.have.length(2);
  });
  it('zsh uses the same script, fish has lines of its own', async () => {
    expect((await run('completion zsh')).out).to.match(/^#compdef sluice kubectl-sluice\n/);
    const { out } = await run('completion fish');
    expect(out).to.include(`complete -c sluice -f -n '__fish_use_subcommand' -a promote -d '`);
    expect(out).to.include(`complete -c sluice -n '__fish_seen_subcommand_from promote' -l full -d '`);
    expect(
      out
        .trim()
        .split('\n')
        .every((line) => line.startsWith('complete -c sluice ')),
    ).to.equal(true);
  });
});
