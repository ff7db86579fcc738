import { expect } from 'chai';
import type { ReconcileKey } from '#runtime/controller/definition.js';
import { createManualClock } from '#test/fakes/manual-clock.js';
import { SendLanes } from './send-lanes.js';

const key = (name: string): ReconcileKey => ({ namespace: 'shop', name });

describe('lanes of messages', () => {
  it('ask those who wait one after the other, in their order', () => {
    const asked: string[] = [];
    const lanes = new SendLanes(createManualClock(), ({ name }) => asked.push(name));
    lanes.begin('slack:ops', 'slack');
    for (const name of ['a', 'b', 'a']) lanes.wait('slack:ops', key(name));
    lanes.wake();
    expect([asked, [...lanes.busy()]]).to.deep.equal([[], ['slack:ops']]);
    lanes.end('slack:ops');
    expect(asked).to.deep.equal(['a']);
    lanes.begin('slack:ops', 'slack');
    lanes.end('slack:ops');
    expect(asked).to.deep.equal(['a', 'b']);
    expect(lanes.busy().size).to.equal(0);
  });

  it('hold nobody up who goes elsewhere, and slow a service down that is asked for much', async () => {
    const clock = createManualClock();
    const asked: string[] = [];
    const lanes = new SendLanes(clock, ({ name }) => asked.push(name));
    for (let i = 0; i < 25; i += 1) {
      lanes.begin(`slack:${i}`, 'slack');
      lanes.end(`slack:${i}`);
    }
    expect(lanes.busy().size).to.equal(5);
    expect(lanes.busy().has('teams:x')).to.equal(false);
    lanes.wait('slack:24', key('late'));
    await clock.advance(900);
    expect(asked).to.deep.equal([]);
    await clock.advance(200);
    expect(asked).to.deep.equal(['late']);
    expect(lanes.busy().size).to.equal(0);
  });
});
