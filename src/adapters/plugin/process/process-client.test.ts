import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { PluginEntry } from '#core/plugin/config.js';
import type { LogFields } from '#ports/log.js';
import type { PluginHost, PluginReply } from '#ports/plugin-host.js';
import { createManualClock } from '#test/fakes/manual-clock.js';
import { createPluginFolder, noSecrets, pluginEntry } from '#test/fakes/shell-plugin.js';
import { createNotingLog } from '#test/fakes/noting-log.js';
import { createPluginHost } from '../host.js';

const never = new AbortController().signal;

describe('a plugin that is a program', () => {
  const folder = createPluginFolder();
  const hosts: PluginHost[] = [];
  after(() => folder.remove());
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.close()));
  });

  function world() {
    const clock = createManualClock(Date.UTC(2026, 0, 1));
    const said: (readonly [string, LogFields | undefined])[] = [];
    const env = { PATH: process.env['PATH'], SECRET_TOKEN: 'hush' };
    const host = createPluginHost({ clock, log: createNotingLog(said), env, readSecret: noSecrets });
    hosts.push(host);
    const run = (entry: PluginEntry, params: object = {}): Promise<PluginReply> =>
      host.call({ entry, method: 'step.run', params, signal: never });
    return { clock, host, said, run };
  }

  const problemOf = (reply: PluginReply): string =>
    reply.kind === 'unreachable' ? reply.message : JSON.stringify(reply);

  it('shakes hands once and answers request after request', async () => {
    const path = folder.write(
      'counts',
      `step.run) n=$((n+1)); answer "{\\"phase\\":\\"Running\\",\\"status\\":$n}" ;;`,
    );
    const { run } = world();
    const replies = [await run(pluginEntry({ path })), await run(pluginEntry({ path }))];
    expect(replies.map((reply) => reply.kind === 'result' && reply.result)).to.deep.equal([
      { phase: 'Running', status: 1 },
      { phase: 'Running', status: 2 },
    ]);
  });

  it('sees a few variables of ours and its own, and nothing else', async () => {
    const path = folder.write('environment', `step.run) answer "\\"[$SECRET_TOKEN][$TEAM][$1]\\"" ;;`);
    const entry = pluginEntry({ path }, { env: { TEAM: 'shop' }, args: ['--fast'] });
    expect(await world().run(entry)).to.deep.equal({ kind: 'result', result: '[][shop][--fast]' });
  });

  it('is told what it refused in its own words', async () => {
    const path = folder.write('refuses', `*) printf '{"id":"%s","error":{"message":"no"}}\\n' "$id" ;;`);
    expect(await world().run(pluginEntry({ path }))).to.deep.equal({ kind: 'refused', message: 'no' });
  });

  const broken: readonly (readonly [string, string, RegExp])[] = [
    ['writes garbage', 'step.run) echo hello ;;', /an answer that is no JSON: "hello"/],
    [
      'answers twice',
      `step.run) printf '{"id":"%s","result":1}\\n{"id":"%s","result":2}\\n' "$id" "$id" ;;`,
      /more than one answer/,
    ],
    ['answers another request', `step.run) echo '{"id":"77","result":1}' ;;`, /answer to request "77"/],
    ['dies', 'step.run) echo "out of disk" >&2; exit 3 ;;', /ended with code 3; its last words: out of disk/],
    ['floods', 'step.run) head -c 2000000 /dev/zero ;;', /more than 1048576 bytes/],
  ];
  for (const [what, branches, problem] of broken) {
    it(`says so when it ${what}, and starts it again for the next request`, async () => {
      const path = folder.write(
        what.replaceAll(' ', '-'),
        `step.terminate) answer '"alive"' ;;\n${branches}`,
      );
      const { host, run } = world();
      const entry = pluginEntry({ path });
      expect(problemOf(await run(entry))).to.match(problem);
      const next = await host.call({ entry, method: 'step.terminate', params: {}, signal: never });
      expect(next).to.deep.equal({ kind: 'result', result: 'alive' });
    });
  }

  it('is ended with everything that it started when it hangs, while others go on', async () => {
    const path = folder.write('hangs', `step.run) sleep 60 & echo "pid $!" >&2; wait ;;`);
    const other = folder.write('quick', `step.run) answer '"there"' ;;`);
    const { run, said } = world();
    const hung = run(pluginEntry({ path }, { timeoutMs: 400 }));
    expect(await run(pluginEntry({ path: other }))).to.deep.equal({ kind: 'result', result: 'there' });
    expect(problemOf(await hung)).to.match(/did not answer step.run within 0.4s and was ended/);
    const line = said.find(([message]) => message === 'plugin says')?.[1]?.['line'];
    const pid = Number(String(line).replace('pid ', ''));
    await expectGone(pid);
  });

  it('is left alone for longer and longer when it fails in a row', async () => {
    const path = folder.write('fails', 'step.run) exit 1 ;;');
    const { run, clock } = world();
    const entry = pluginEntry({ path });
    await run(entry);
    await run(entry);
    const isLeftAlone = async () => /left alone for a while/.test(problemOf(await run(entry)));
    const seen: boolean[] = [];
    for (const waitMs of [0, 999, 1, 0, 1999, 1, 0]) {
      await clock.advance(waitMs);
      seen.push(await isLeftAlone());
    }
    expect(seen).to.deep.equal([true, true, false, true, true, false, true]);
  });

  it('is started only when its file has the configured sha256', async () => {
    const path = folder.write('signed', `step.run) answer 1 ;;`);
    const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
    expect((await world().run(pluginEntry({ path }, { sha256 }))).kind).to.equal('result');
    const wrong = await world().run(pluginEntry({ path }, { sha256: 'a'.repeat(64) }));
    expect(problemOf(wrong)).to.equal(
      `plugin team/gate: the sha256 of ${path} is ${sha256}, but ${'a'.repeat(64)} is configured`,
    );
  });

  const refused: readonly (readonly [string, () => string, RegExp])[] = [
    ['is missing', () => `${folder.path}/nothing`, /there is no file/],
    [
      'is a Go plugin of the peer',
      () =>
        folder.writeRaw(
          'gob',
          '#!/bin/sh\necho "This binary is a plugin. These are not meant to be executed directly." >&2\nexit 1\n',
        ),
      /it is a Go plugin of Argo Rollouts \(net\/rpc\)/,
    ],
    [
      'speaks a newer version',
      () => folder.write('newer', '', '{"protocolVersion":2,"kinds":["step"]}'),
      /it speaks version 2 of the plugin protocol; this controller speaks 1/,
    ],
    [
      'is of another kind',
      () => folder.write('metric', '', '{"protocolVersion":1,"kinds":["metric"]}'),
      /it is no step plugin: its handshake names the kinds \[metric\]/,
    ],
    ['is no program', () => folder.writeRaw('text', 'just text'), /could not be started|ended with code/],
  ];
  for (const [what, path, problem] of refused) {
    it(`says so when it ${what}`, async () => {
      expect(problemOf(await world().run(pluginEntry({ path: path() })))).to.match(problem);
    });
  }

  it('is not sent what is too large, and is not left behind', async () => {
    const path = folder.write('small', `step.run) answer $$ ;;`);
    const { run } = world();
    const reply = await run(pluginEntry({ path }));
    expect(problemOf(await run(pluginEntry({ path }), { text: 'x'.repeat(5_000_000) }))).to.match(
      /the request is larger than 4194304 bytes/,
    );
    await expectGone(reply.kind === 'result' ? Number(reply.result) : 0);
  });

  it('is ended when it is not configured any more', async () => {
    const path = folder.write('leaves', `step.run) answer $$ ;;`);
    const { host, run } = world();
    const reply = await run(pluginEntry({ path }));
    host.keepOnly([]);
    await expectGone(reply.kind === 'result' ? Number(reply.result) : 0);
  });

  it('works on four requests at a time, each with a program of its own', async () => {
    const path = folder.write('slow', `step.run) sleep 0.1; answer $$ ;;`);
    const { run } = world();
    const replies = await Promise.all(Array.from({ length: 6 }, () => run(pluginEntry({ path }))));
    const pids = replies.map((reply) => (reply.kind === 'result' ? Number(reply.result) : 0));
    expect(pids).to.not.include(0);
    expect(new Set(pids).size).to.equal(4);
  });
});

async function expectGone(pid: number): Promise<void> {
  for (let i = 0; i < 100; i += 1) {
    const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)])
      .stdout.toString()
      .trim();
    // One that nobody has buried yet has ended too.
    if (state === '' || state.startsWith('Z')) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`process ${pid} still runs`);
}
