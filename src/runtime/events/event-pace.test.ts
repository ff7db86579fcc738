import { expect } from 'chai';
import type { EventRecord } from '#core/decision/decision.js';
import { addMs, instantOf } from '#core/time/instant.js';
import { configMap } from '#test/fakes/scripted-kube.js';
import { wordsOf, type Recorded } from './event-object.js';
import { EventPace } from './event-pace.js';

const start = instantOf(Date.UTC(2026, 0, 1));

type Say = readonly [atMs: number, words: string, more?: Partial<EventRecord>, name?: string];

/** `Reason: words` recorded at a moment. */
function recordedAs([atMs, words, more = {}, name = 'web']: Say): Recorded {
  const [reason = '', message = ''] = words.split(': ');
  return {
    object: configMap(name, 1, { namespace: 'default' }),
    event: { type: 'Normal', reason, message, ...more },
    at: addMs(start, atMs),
  };
}

function told(all: readonly Recorded[]): readonly string[] {
  return all.map(
    (one) =>
      `${one.event.reason}: ${wordsOf(one).join('; ')}${one.times === undefined ? '' : ` x${one.times}`}`,
  );
}

/** A pace whose object has told as much at once as it may. */
function breathless(names: readonly string[] = ['web']): EventPace {
  const pace = new EventPace({ holdMs: 1500 });
  for (const name of names)
    for (let i = 0; i < 12; i++)
      expect(pace.take(recordedAs([0, `Before: ${i}`, {}, name]))).to.have.length(1);
  return pace;
}

describe('the pace of events', () => {
  it('tells a dozen at once, and one more for every two seconds of silence', () => {
    const pace = breathless();
    expect(pace.take(recordedAs([2000, 'Step: 1']))).to.have.length(1);
    expect(pace.take(recordedAs([2001, 'Step: 2']))).to.have.length(0);
    expect(pace.size).to.equal(1);
    expect(pace.dueAt()).to.equal(addMs(start, 3501));
  });

  it('holds one object and not the others', () => {
    const pace = breathless();
    expect(pace.take(recordedAs([1, 'Step: 1']))).to.have.length(0);
    expect(pace.take(recordedAs([1, 'Step: 1', {}, 'other']))).to.have.length(1);
  });

  const held: Readonly<Record<string, readonly [said: readonly Say[], told: readonly string[]]>> = {
    'as it is, in its order': [
      [
        [1, 'Step: 1'],
        [2, 'Paused: yes'],
        [3, 'Step: 2'],
      ],
      ['Step: 1', 'Paused: yes', 'Step: 2'],
    ],
    'once and counted when it repeats itself': [
      [
        [1, 'Paused: yes'],
        [2, 'Step: 1'],
        [3, 'Paused: yes'],
      ],
      ['Paused: yes x2', 'Step: 1'],
    ],
    'in one Event with the words of each when it may be told together': [
      [
        [1, 'Size: up', { pace: 'together' }],
        [2, 'Step: 1'],
        [3, 'Size: down', { pace: 'together' }],
      ],
      ['Size: up; down x2', 'Step: 1'],
    ],
  };
  for (const [how, [said, wanted]] of Object.entries(held)) {
    it(`tells what was held ${how}`, () => {
      const pace = breathless();
      for (const say of said) expect(pace.take(recordedAs(say))).to.have.length(0);
      expect(pace.due(addMs(start, 1500))).to.have.length(0);
      expect(told(pace.due(addMs(start, 1501)))).to.deep.equal(wanted);
      expect(pace.size).to.equal(0);
      expect(pace.dueAt()).to.equal(undefined);
    });
  }

  const urgent: readonly Say[] = [
    [2, 'Aborted: why', { type: 'Warning' }],
    [2, 'Completed: yes', { pace: 'at-once' }],
  ];
  for (const say of urgent) {
    it(`holds nothing before what somebody waits for: ${say[1]}`, () => {
      const pace = breathless();
      expect(pace.take(recordedAs([1, 'Step: 1']))).to.have.length(0);
      expect(told(pace.take(recordedAs(say)))).to.deep.equal(['Step: 1', say[1]]);
    });
  }

  it('tells each reason once when many objects are in a hurry', () => {
    const names = Array.from({ length: 11 }, (_, i) => `web-${i}`);
    const pace = breathless(names);
    for (const name of names)
      for (const step of [1, 2])
        expect(pace.take(recordedAs([1, `Step: ${step}`, {}, name]))).to.have.length(0);
    expect(told(pace.due())).to.deep.equal(names.map(() => 'Step: 1; 2 x2'));
  });
});
