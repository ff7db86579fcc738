import { expect } from 'chai';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { instantOf } from '#core/time/instant.js';
import { viewInputOf, type ViewInput } from '#core/view/view-input.js';
import { buildRelease, buildRun, releaseStatuses, type ReleaseParts } from '#test/fakes/release.js';
import { drawPicture, plainLine, type Picture } from './picture.js';
import { Screen } from './screen.js';

const now = instantOf(Date.parse('2026-01-02T03:12:00Z'));
const paper = { columns: 80, isColoured: false };
const steps = [{ setWeight: 20 }, { pause: { duration: '8m' } }, { setWeight: 60 }];

function viewOf(parts: ReleaseParts = {}, runs: readonly AnalysisRun[] = []): ViewInput {
  const objects = buildRelease({ name: 'storefront', spec: { strategy: { canary: { steps } } }, ...parts });
  const sets = objects.filter((object): object is ReplicaSet => object.kind === 'ReplicaSet');
  return viewInputOf({ rollout: objects[0] as Rollout, replicaSets: sets, runs, now });
}

function pictureOf(view: ViewInput, more: Partial<Picture> = {}): Picture {
  return {
    title: 'commit v2: a good version',
    elapsedMs: 18_400,
    scene: { now, views: { storefront: view }, kustomization: undefined },
    traffic: [
      {
        totals: { host: 'storefront.example', sent: 278, ok: 270, failed: 8, dropped: 0 },
        shares: new Map([
          ['1', 0.89],
          ['2', 0.11],
        ]),
      },
    ],
    pageUrl: 'http://127.0.0.1:36193/#key=k',
    ...more,
  };
}

const halfway = viewOf({ status: releaseStatuses.paused }, [buildRun('Running', [0.99, 0.9])]);

describe('the picture of the demo', () => {
  it('shows phase, steps, wanted and seen weight, replicas and gates within 80 columns', () => {
    expect(drawPicture(pictureOf(halfway), paper)).to.deep.equal([
      'commit v2: a good version                                                   18 s',
      'page: http://127.0.0.1:36193/#key=k',
      '',
      'storefront   Paused',
      '  Canary gets 20 % (33 % of ready pods). The pause at step 2 of 3 ends by itself',
      '  in 1 min. Gates: 1 pass, 1 fail.',
      '  steps     ▶ 20 % (ends in 1 min)   ○ 60 %   ○ 100 %',
      '  weight    wanted ███░░░░░░░░░░░░░  20 %   seen ██░░░░░░░░░░░░░░  11 %',
      '  replicas  canary 2 1/1   stable 1 2/2',
      '  gate      success-rate      0.9  wanted >= 0.95  ✖ fails',
      '  requests  278 requests sent, 8 failed by the app, 0 dropped by delivery',
      '',
    ]);
  });
  it('is never wider than the terminal, and has no empty words in any state', () => {
    const statuses = [undefined, ...Object.values(releaseStatuses)];
    for (const columns of [40, 80, 120])
      for (const status of statuses)
        for (const isColoured of [false, true]) {
          const view = viewOf(status === undefined ? {} : { status });
          const lines = drawPicture(pictureOf(view, { traffic: [] }), { columns, isColoured });
          for (const line of lines) {
            // oxlint-disable-next-line no-control-regex -- colours take no columns
            expect(line.replaceAll(/\u001B\[\d+m/g, '').length).to.be.at.most(columns);
            expect(line).not.to.match(/NaN|undefined|null/);
          }
        }
  });
  it('shows the whole weight on the newest version when it is promoted', () => {
    const [line] = drawPicture(pictureOf(viewOf({ status: releaseStatuses.healthy })), paper).filter((text) =>
      text.startsWith('  weight'),
    );
    expect(line).to.include('wanted ████████████████ 100 %');
  });
  it('says of a metric that it was not measured yet', () => {
    const view = viewOf({ status: releaseStatuses.paused }, [buildRun('Running', [])]);
    expect(drawPicture(pictureOf(view), paper).join('\n')).to.match(
      /gate {6}success-rate {8}–  wanted >= 0.95  … measuring/,
    );
  });
});

describe('a plain line of the demo', () => {
  it('tells everything but times, in whole sentences', () => {
    expect(plainLine(halfway)).to.equal(
      'storefront: Paused. Canary gets 20 % (33 % of ready pods). The pause at step 2 of 3 ends by itself. Gates: 1 pass, 1 fail.',
    );
    expect(plainLine(viewOf({ status: releaseStatuses.aborted }))).to.equal(
      'storefront: Degraded. All traffic goes to the stable revision (canary 33 % of ready pods). Aborted: gate success-rate: 1 failed, 0 tolerated. Waiting for a retry, a new version or an undo.',
    );
  });
  it('is the same a minute later, without gaps, in every state', () => {
    for (const status of Object.values(releaseStatuses)) {
      const view = viewOf({ status });
      expect(plainLine({ ...view, now: instantOf(now + 60_000) })).to.equal(plainLine(view));
      expect(plainLine(view)).not.to.match(/ {2}| [.:,]|NaN|undefined/);
    }
  });
});

describe('the screen of the demo', () => {
  function screenOf(columns: number | undefined, rows = 24) {
    let text = '';
    const write = (more: string): void => void (text += more);
    return { screen: new Screen({ write, columns, rows }, false), text: () => text };
  }

  it('says only what changed where there is no terminal', () => {
    const { screen, text } = screenOf(undefined);
    screen.show(pictureOf(halfway));
    screen.show(pictureOf(halfway, { elapsedMs: 19_000 }));
    screen.show(pictureOf(viewOf({ status: releaseStatuses.healthy }), { elapsedMs: 20_000 }));
    const lines = text().trimEnd().split('\n');
    expect(lines).to.have.length(2);
    expect(lines[0]).to.match(/^\[ 18\.4 s\] storefront: Paused\. /);
    expect(lines[1]).to.equal('[ 20.0 s] storefront: Healthy. Revision 2 is stable: 1 of 2 pods ready.');
  });
  it('redraws in place, and lets lines stand above and below the picture', () => {
    const { screen, text } = screenOf(80);
    screen.show(pictureOf(halfway));
    screen.show(pictureOf(halfway));
    expect(text().split('\u001B[12A\u001B[J')).to.have.length(2);
    screen.say('» next');
    expect(text()).to.match(/» next\n$/);
    screen.show(pictureOf(halfway));
    screen.conclude('the table\n');
    screen.say('still running');
    expect(text().endsWith('\nthe table\nstill running\n')).to.equal(true);
  });
  it('never draws more than the terminal is high', () => {
    const { screen, text } = screenOf(80, 10);
    screen.show(pictureOf(halfway));
    expect(text().trimEnd().split('\n')).to.have.length(9);
    expect(text()).to.include('… 4 more lines');
  });
});
