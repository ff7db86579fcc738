import { execFile } from 'node:child_process';
import type { Container, Probe } from '#api/k8s/core-kinds.js';
import { numberAt, objectAt, textsAt } from '#core/json/read.js';
import { addMs, type Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { crashBackoffMs } from '../crash-backoff.js';
import { LogBuffer } from '../log-buffer.js';
import type { ContainerReality, ContainerState, ContainerTerminated } from '../pod-runtime.js';
import { ContainerProcess, type Exit, type Program } from './container-process.js';
import type { ProbeAddress } from './probe.js';
import { Probing } from './probing.js';

export interface ContainerPlan {
  readonly container: Container;
  readonly program: Program;
  readonly restartPolicy: string;
  readonly at: ProbeAddress;
  /** Asked when the container has no readiness probe of its own. */
  readonly defaultReadiness?: Probe;
}

const goodRunMs = 600_000;

/** A container as a process: started, probed, restarted with back-off, ended with grace. */
export class ProcessContainer {
  #log: LogBuffer;
  #previousLog: LogBuffer | undefined;
  readonly #plan: ContainerPlan;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #process: ContainerProcess | undefined;
  #state: ContainerState = { kind: 'waiting', reason: 'ContainerCreating' };
  #last: ContainerTerminated | undefined;
  #restarts = 0;
  #crashes = 0;
  #isReady = false;
  #isEnding = false;
  #probings: Probing[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(plan: ContainerPlan, clock: Clock, onChange: () => void) {
    this.#plan = plan;
    this.#clock = clock;
    this.#onChange = onChange;
    this.#log = new LogBuffer(clock);
    this.#start();
  }

  get log(): LogBuffer {
    return this.#log;
  }

  /** Of the run before the last restart. */
  get previousLog(): LogBuffer | undefined {
    return this.#previousLog;
  }

  get isOver(): boolean {
    return this.#process === undefined;
  }

  reality(): ContainerReality {
    return {
      name: this.#plan.container.name,
      image: this.#plan.container.image ?? '',
      state: this.#state,
      ...(this.#last === undefined ? {} : { lastState: this.#last }),
      restartCount: this.#restarts,
      isReady: this.#isReady && this.#state.kind === 'running',
    };
  }

  /** Runs the preStop hook, asks the process to end, and makes it end when the grace period is over. */
  terminate(graceMs: number): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#after(graceMs, () => this.#process?.kill('SIGKILL'));
    this.#preStop(graceMs, () => this.#process?.kill('SIGTERM'));
  }

  /** Ends it at once. */
  kill(): void {
    this.#isEnding = true;
    this.#stopProbes();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#process?.kill('SIGKILL');
  }

  #start(): void {
    if (this.#isEnding) return;
    this.#state = { kind: 'running', startedAt: this.#clock.now() };
    this.#process = new ContainerProcess(this.#plan.program, this.#log, (exit) => this.#ended(exit));
    this.#probe();
    this.#onChange();
  }

  #probe(): void {
    const { container, at, defaultReadiness } = this.#plan;
    const readiness = container.readinessProbe ?? defaultReadiness;
    this.#isReady = readiness === undefined;
    const startup = asProbe(container.startupProbe);
    if (startup === undefined) {
      this.#beginProbes(readiness);
      return;
    }
    this.#isReady = false;
    const starting = new Probing(startup, container, at, false, (isGood) => {
      if (!isGood) return;
      starting.stop();
      this.#isReady = readiness === undefined;
      this.#beginProbes(readiness);
      this.#onChange();
    });
    this.#probings.push(starting);
  }

  #beginProbes(readiness: Probe | undefined): void {
    const { container, at } = this.#plan;
    const liveness = asProbe(container.livenessProbe);
    if (readiness !== undefined) {
      const tell = (isGood: boolean): void => {
        this.#isReady = isGood;
        this.#onChange();
      };
      this.#probings.push(new Probing(readiness, container, at, false, tell));
    }
    if (liveness !== undefined) {
      const tell = (isGood: boolean): void => {
        if (isGood || this.#isEnding) return;
        this.#log.append(`container ${container.name} failed liveness probe, will be restarted\n`);
        this.#process?.kill('SIGTERM');
        this.#after(5_000, () => this.#process?.kill('SIGKILL'));
      };
      this.#probings.push(new Probing(liveness, container, at, true, tell));
    }
  }

  #stopProbes(): void {
    for (const probing of this.#probings) probing.stop();
    this.#probings = [];
  }

  #ended(exit: Exit): void {
    const now = this.#clock.now();
    const startedAt = this.#state.kind === 'running' ? this.#state.startedAt : now;
    this.#stopProbes();
    this.#process = undefined;
    this.#log.end();
    this.#isReady = false;
    const terminated: ContainerTerminated = { kind: 'terminated', ...exit, startedAt, finishedAt: now };
    this.#state = terminated;
    if (!this.#isEnding && this.#restartsAfter(exit)) this.#restartLater(terminated, startedAt, now);
    this.#onChange();
  }

  #restartsAfter(exit: Exit): boolean {
    const { restartPolicy } = this.#plan;
    return restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && exit.exitCode !== 0);
  }

  #restartLater(terminated: ContainerTerminated, startedAt: Instant, now: Instant): void {
    if (now >= addMs(startedAt, goodRunMs)) this.#crashes = 0;
    const waitMs = crashBackoffMs(this.#crashes++);
    this.#last = terminated;
    if (waitMs > 0) {
      const message = `back-off ${waitMs / 1000}s restarting failed container=${this.#plan.container.name}`;
      this.#state = { kind: 'waiting', reason: 'CrashLoopBackOff', message };
    }
    this.#after(waitMs, () => {
      this.#restarts++;
      this.#previousLog = this.#log;
      this.#log = new LogBuffer(this.#clock);
      this.#start();
    });
  }

  #preStop(graceMs: number, next: () => void): void {
    const hook = objectAt(this.#plan.container.lifecycle, 'preStop');
    const sleepSeconds = numberAt(objectAt(hook, 'sleep'), 'seconds');
    if (sleepSeconds !== undefined) {
      this.#after(Math.min(sleepSeconds * 1000, graceMs), next);
      return;
    }
    const [file, ...args] = textsAt(objectAt(hook, 'exec'), 'command');
    if (file === undefined) next();
    else execFile(file, args, { timeout: graceMs, env: { ...process.env, ...this.#plan.program.env } }, next);
  }

  #after(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    timer.unref();
    this.#timers.add(timer);
  }
}

/** The schema of a pod has checked its form. */
function asProbe(value: unknown): Probe | undefined {
  return value as Probe | undefined;
}
