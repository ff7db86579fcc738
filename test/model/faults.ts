import { addMs } from '#core/time/instant.js';
import { AppError, type ErrorCode } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import type { StoryWorld } from '../stories/world.js';
import type { Fault } from './order.js';

const writing: readonly (keyof Kube)[] = ['create', 'update', 'patch', 'delete'];

const refusals: Readonly<Partial<Record<Fault, ErrorCode>>> = {
  conflict: 'KubeConflict',
  'server error': 'KubeUnavailable',
  throttled: 'KubeThrottled',
};

/** Breaks single writes of a controller when told to. */
export class Faults {
  #world: StoryWorld | undefined;
  #next: { readonly fault: Fault; left: number } | undefined;

  /** The world whose controller dies of a crash. */
  serve(world: StoryWorld): void {
    this.#world = world;
  }

  /** Breaks the write after the next `afterWrites` ones. */
  plan(fault: Fault, afterWrites: number): void {
    this.#next = { fault, left: afterWrites };
  }

  /** Nothing is broken any more. */
  calm(): void {
    this.#next = undefined;
  }

  /** A Kube through which the faults come. Dies for good with a crash; the next start gets another one. */
  readonly wrap = (kube: Kube): Kube => {
    let isDead = false;
    return new Proxy(kube, {
      get: (target, name: keyof Kube) => {
        const method = target[name].bind(target) as (...args: unknown[]) => Promise<unknown>;
        if (!writing.includes(name)) return method;
        return async (...args: unknown[]) => {
          if (isDead) throw new AppError('ShuttingDown', 'the controller was killed');
          const fault = this.#due();
          const code = fault === undefined ? undefined : refusals[fault];
          if (code !== undefined) throw new AppError(code, `${name} was refused`);
          const result = await method(...args);
          if (fault === undefined) return result;
          if (fault === 'lost answer') throw new AppError('KubeTimeout', `no answer to ${name}`);
          isDead = true;
          this.#startAnew();
          throw new AppError('ShuttingDown', 'the controller was killed');
        };
      },
    });
  };

  #due(): Fault | undefined {
    const next = this.#next;
    if (next === undefined) return undefined;
    if (next.left > 0) {
      next.left -= 1;
      return undefined;
    }
    this.#next = undefined;
    return next.fault;
  }

  #startAnew(): void {
    const world = this.#world;
    if (world === undefined) return;
    const { clock } = world.sandbox;
    clock.schedule(addMs(clock.now(), 1500), () => world.restart());
  }
}
