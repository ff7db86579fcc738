import { AppError } from '#ports/errors.js';
import type { ReconcileKey } from '#runtime/controller/definition.js';
import type { RunningController } from './running-controller.js';
import type { VirtualClock } from './virtual-clock.js';

/** What makes passes happen. */
export interface Drive {
  /** Some key became ready. */
  wake(): void;
  /** Resolves when no pass is under way; the caller has stopped the controllers. */
  end(): Promise<void>;
}

type Controllers = () => readonly RunningController[];

const defaultWorkers = 10;
/** More waves of passes than this at one instant mean that controllers chase each other. */
const maxWaves = 2_000;

/** Passes run one after the other while the virtual clock stands, in waves sorted by controller and key. */
export function driveByClock(clock: VirtualClock, controllers: Controllers): Drive {
  const detach = clock.attach({ runReady: () => runUntilIdle(controllers) });
  return {
    wake: () => undefined,
    end: () => {
      detach();
      return Promise.resolve();
    },
  };
}

async function runUntilIdle(controllers: Controllers): Promise<boolean> {
  for (let wave = 0; wave < maxWaves; wave++) {
    let due = readyKeys(controllers());
    if (due.length === 0) {
      await Promise.all(controllers().flatMap(({ definition }) => definition.background?.settled() ?? []));
      due = readyKeys(controllers());
    }
    if (due.length === 0) return wave > 0;
    for (const { controller, key } of due) await controller.pass(key);
  }
  const names = readyKeys(controllers()).map((due) => `${due.controller.definition.name} ${due.key.name}`);
  throw new AppError('BrokenInvariant', `controllers do not come to rest: ${names.join(', ')}`);
}

function readyKeys(
  controllers: readonly RunningController[],
): readonly { readonly controller: RunningController; readonly key: ReconcileKey }[] {
  return controllers.flatMap((controller) => controller.queue.ready().map((key) => ({ controller, key })));
}

/** Passes run as soon as the event loop gets to them, as many of a controller at a time as it has workers. */
export function driveByEventLoop(controllers: Controllers): Drive {
  const underWay = new Set<Promise<void>>();
  let isPumpDue = false;
  const pump = (): void => {
    isPumpDue = false;
    for (const controller of controllers()) {
      const free = (controller.definition.workers ?? defaultWorkers) - controller.queue.runningCount;
      for (const key of controller.queue.ready().slice(0, Math.max(free, 0))) run(controller, key);
    }
  };
  const wake = (): void => {
    if (isPumpDue) return;
    isPumpDue = true;
    setImmediate(pump);
  };
  const run = (controller: RunningController, key: ReconcileKey): void => {
    const pass: Promise<void> = controller.pass(key).finally(() => {
      underWay.delete(pass);
      wake();
    });
    underWay.add(pass);
  };
  return { wake, end: async () => void (await Promise.all(underWay)) };
}
