import { expect } from 'chai';
import { assert, array, integer, property, record } from 'fast-check';
import { advanceSteadyTime, startSteadyTime, type SteadyTime } from './steady-time.js';

/** A machine whose clocks a test moves; what it shows is read every 100 ms. */
class Machine {
  #wallMs = 1_000_000;
  #monotonicMs = 500;
  #sleptMs = 0;
  #time: SteadyTime = startSteadyTime(this.#reading());

  get shownMs(): number {
    return this.#time.shownMs;
  }
  get offMs(): number {
    return this.#wallMs - this.shownMs;
  }
  /** @returns how much was shown to pass. */
  run(ms: number): number {
    const before = this.shownMs;
    for (let passed = 0; passed < ms; passed += 100) {
      this.#wallMs += 100;
      this.#monotonicMs += 100;
      this.look();
    }
    return this.shownMs - before;
  }
  set(byMs: number): void {
    this.#wallMs += byMs;
  }
  sleep(ms: number): void {
    this.#wallMs += ms;
    this.#sleptMs += ms;
  }
  look(): number {
    this.#time = advanceSteadyTime(this.#time, this.#reading());
    return this.shownMs;
  }
  #reading() {
    return { wallMs: this.#wallMs, monotonicMs: this.#monotonicMs, sleptMs: () => this.#sleptMs };
  }
}

describe('a clock that is never set', () => {
  it('follows the wall clock, and its small corrections', () => {
    const machine = new Machine();
    machine.run(1000);
    machine.set(30);
    machine.look();
    expect(machine.offMs).to.equal(0);
    machine.set(-30);
    machine.look();
    expect(machine.offMs, 'never goes back').to.equal(-30);
    machine.run(1000);
    expect(machine.offMs).to.equal(0);
  });

  for (const jump of [30_000, -30_000])
    it(`a second stays one when the wall clock is set by ${jump / 1000} s, and both agree within the hour`, () => {
      const machine = new Machine();
      machine.run(1000);
      machine.set(jump);
      expect(machine.run(1000)).to.be.within(990, 1010);
      machine.run(3_600_000);
      expect(machine.offMs).to.equal(0);
    });

  it('time that the machine slept has passed', () => {
    const machine = new Machine();
    machine.sleep(500_000);
    machine.look();
    expect(machine.offMs).to.equal(0);
  });

  for (const jump of [3_000_000, -3_000_000])
    it(`who sets the clock by ${jump / 60_000} minutes is followed at once`, () => {
      const machine = new Machine();
      machine.set(jump);
      machine.look();
      expect(machine.offMs).to.equal(0);
    });

  it('never goes back, whatever happens within ten minutes', () => {
    const happens = array(
      record({ setMs: integer({ min: -120_000, max: 120_000 }), sleepMs: integer({ min: 0, max: 90_000 }) }),
      { maxLength: 5 },
    );
    assert(
      property(happens, (all) => {
        const machine = new Machine();
        let shown = machine.shownMs;
        for (const { setMs, sleepMs } of all) {
          machine.set(setMs);
          machine.sleep(sleepMs);
          expect(machine.run(500)).to.be.at.least(0);
          expect(machine.shownMs).to.be.at.least(shown);
          shown = machine.shownMs;
        }
      }),
      { numRuns: 50 },
    );
  });
});
