import { createServer, type Server } from 'node:http';
import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { cluster, type Cluster } from './cluster.js';
import { rollout, webTemplate } from './objects.js';
import { reaches } from './watching.js';

describe('a canary that an analysis decides on', function () {
  this.timeout(120_000);
  let at: Cluster;
  let server: Server | undefined;
  let isGood = true;
  before(async function () {
    at = await cluster(this);
    server = createServer((_request, response) => response.end(JSON.stringify({ ok: isGood })));
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const steps = [{ setWeight: 50 }, { analysis: { templates: [{ templateName: 'answer' }] } }];
    await at.apply(
      webTemplate('answer', `http://127.0.0.1:${port}/`),
      rollout('judged', at.image('3.8'), { canary: { steps } }, 2),
    );
    await reaches(at, 'judged', 'Healthy');
  });
  after(() => server?.close());

  it('goes on after a successful run', async () => {
    await at.sluice('set', 'image', 'judged', `web=${at.image('3.9')}`);
    await reaches(at, 'judged', 'Healthy', (one) => one.status.currentStepIndex === 2);
    const runs = await at.list(kinds.analysisRun);
    expect(runs.map((run) => run.status.phase)).to.deep.equal(['Successful']);
    expect(runs[0].status.metricResults[0].measurements).to.have.length(2);
  });

  it('aborts after a failed run and says why', async () => {
    isGood = false;
    await at.sluice('set', 'image', 'judged', `web=${at.image('3.10')}`);
    const failed = await reaches(at, 'judged', 'Degraded');
    expect(failed.status.abort).to.equal(true);
    expect(failed.status.message).to.contain('answer');
    const runs = await at.list(kinds.analysisRun);
    expect(runs.map((run) => run.status.phase)).to.have.members(['Successful', 'Failed']);
  });
});
