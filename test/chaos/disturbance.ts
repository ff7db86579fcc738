import { addMs, type Instant } from '#core/time/instant.js';
import { AppError, type ErrorCode } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import type { StoryWorld } from '../stories/world.js';

/** What happens to a controller in the middle of a release. */
export const troubles = [
  'killed',
  'conflict (409)',
  'throttled (429)',
  'server error (500)',
  'answer lost',
  'connection cut',
  'clock ahead',
  'clock back',
] as const;

export type Trouble = (typeof troubles)[number];

/** One trouble, which comes with the write after the first `afterWrites` ones. */
export interface Disturbance {
  readonly trouble: Trouble;
  readonly afterWrites: number;
}

const writing: readonly (keyof Kube)[] = ['create', 'update', 'patch', 'delete'];

const refusals: Readonly<Partial<Record<Trouble, ErrorCode>>> = {
  'conflict (409)': 'KubeConflict',
  'throttled (429)': 'KubeThrottled',
  'server error (500)': 'KubeUnavailable',
};

/** How long a killed controller is away, and how long a cut lasts. */
const awayMs = 1500;
const cutMs = 4000;
const jumpMs = 30_000;

/** Stands between a controller, its cluster and its clock, and brings the troubles that were planned, each once. */
export class Disturber {
  readonly #plan: Disturbance[];
  #world: StoryWorld | undefined;
  #isArmed = false;
  #writes = 0;
  #cutUntil: Instant = Number.NEGATIVE_INFINITY as Instant;
  #offsetMs = 0;

  constructor(plan: readonly Disturbance[]) {
    this.#plan = [...plan].sort((a, b) => a.afterWrites - b.afterWrites);
  }

  /** From now on writes count. */
  arm(world: StoryWorld): void {
    this.#world = world;
    this.#isArmed = true;
  }

  /** Writes that were stored since it is armed. */
  get writes(): number {
    return this.#writes;
  }

  /** The troubles that have not come: the release ended before. */
  get left(): readonly Disturbance[] {
    return this.#plan;
  }

  /** A Kube of one controller process, which dies for good with it. */
  readonly wrapKube = (kube: Kube): Kube => {
    const life = { isOver: false };
    return new Proxy(kube, {
      get: (target, name: keyof Kube) => {
        const method = target[name].bind(target) as (...args: unknown[]) => unknown;
        if (name === 'watch') return method;
        return async (...args: unknown[]) => {
          if (life.isOver) throw gone();
          if (this.#isCut()) throw new AppError('KubeUnreachable', 'the connection is cut');
          return writing.includes(name) ? this.#write(life, () => method(...args)) : method(...args);
        };
      },
    });
  };

  /** How far the controller's own clock was moved. */
  readonly skewMs = (): number => this.#offsetMs;

  async #write(life: { isOver: boolean }, store: () => unknown): Promise<unknown> {
    const trouble = this.#due();
    const code = trouble === undefined ? undefined : refusals[trouble];
    if (code !== undefined) throw new AppError(code, `refused: ${trouble}`);
    if (trouble === 'connection cut' && this.#cut()) throw new AppError('KubeUnreachable', 'cut');
    const stored = await store();
    if (this.#isArmed) this.#writes += 1;
    if (trouble === 'clock ahead') this.#offsetMs += jumpMs;
    if (trouble === 'clock back') this.#offsetMs -= jumpMs;
    if (trouble === 'answer lost') throw new AppError('KubeTimeout', 'the answer was lost');
    if (trouble !== 'killed') return stored;
    life.isOver = true;
    this.#after(awayMs, (world) => world.restart());
    throw gone();
  }

  #due(): Trouble | undefined {
    const [next] = this.#plan;
    if (!this.#isArmed || next === undefined || this.#writes < next.afterWrites) return undefined;
    this.#plan.shift();
    return next.trouble;
  }

  #cut(): true {
    const { clock } = this.#armed().sandbox;
    this.#cutUntil = addMs(clock.now(), cutMs);
    return true;
  }

  #isCut(): boolean {
    return this.#world !== undefined && this.#world.sandbox.clock.now() < this.#cutUntil;
  }

  #after(ms: number, then: (world: StoryWorld) => void): void {
    const world = this.#armed();
    const { clock } = world.sandbox;
    clock.schedule(addMs(clock.now(), ms), () => then(world));
  }

  #armed(): StoryWorld {
    if (this.#world === undefined) throw new Error('not armed');
    return this.#world;
  }
}

function gone(): AppError {
  return new AppError('ShuttingDown', 'the controller was killed');
}
