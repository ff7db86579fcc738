import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '#ports/errors.js';
import { packageRoot } from './package-root.js';
import { createRepository } from './repository.js';
import { isEveryPromiseKept, printReport } from './report.js';
import { badTag, playScenario } from './scenario.js';
import { Screen, type ScreenOutput } from './screen.js';
import { startStack, type Stack } from './stack.js';
import { Stage } from './stage.js';

export interface DemoOptions {
  readonly out: ScreenOutput;
  readonly isColoured: boolean;
  readonly interrupted: AbortSignal;
  /** Go on serving after the end, until interrupted. */
  readonly keep: boolean;
  readonly pagePort: number;
  /** Kills the controller process (SIGKILL) this often and starts it again. Default never. */
  readonly killEveryMs?: number;
}

/** From a commit to a promoted release, and back from a bad one, on this machine. @returns whether all of it happened. */
export async function runDemo(options: DemoOptions): Promise<boolean> {
  const screen = new Screen(options.out, options.isColoured);
  const broken = new AbortController();
  const signal = AbortSignal.any([options.interrupted, broken.signal]);
  const stack = await startStack({
    onProgress: (message) => screen.say(message),
    onFailure: (why) => {
      // A terminal's ctrl-C reaches the controller process as well.
      if (options.interrupted.aborted) return;
      screen.say(`error: ${why}`);
      broken.abort(new AppError('ToolMissing', 'the demo needs its controller'));
    },
    sandbox: {
      images: { [`sluice.dev/shop:${badTag}`]: { app: { ERROR_RATE: '0.15' } } },
      gateway: { endpointDelayMs: 200, routeDelayMs: 300 },
    },
    controller: true,
    prometheus: 'needed',
    pagePort: options.pagePort,
    signal,
  });
  screen.say(`page ${stack.controller?.pageUrl ?? ''}`);
  try {
    return await play(options, stack, screen, signal);
  } finally {
    await stack.close();
  }
}

async function play(
  options: DemoOptions,
  stack: Stack,
  screen: Screen,
  signal: AbortSignal,
): Promise<boolean> {
  const repository = await createRepository(join(packageRoot(), 'examples', 'demo'), stack.folder);
  const stage = new Stage({ stack, screen, signal });
  const calm =
    options.killEveryMs === undefined ? undefined : startKilling(stack, screen, options.killEveryMs);
  try {
    const report = await playScenario({ stage, repository, stack, screen });
    screen.conclude(printReport(report));
    if (options.keep) {
      screen.say(`still running; page: ${stack.controller?.pageUrl ?? ''}`);
      screen.say(`export KUBECONFIG=${stack.sandbox.kubeconfig}   (ctrl-c ends it)`);
      while (!signal.aborted) await delay(200);
    }
    return isEveryPromiseKept(report);
  } finally {
    await calm?.();
    await stage.close();
    await repository.close();
  }
}

/** @returns a function that stops it and waits until the controller is up again. */
function startKilling(stack: Stack, screen: Screen, everyMs: number): () => Promise<void> {
  let restarting = Promise.resolve();
  const timer = setInterval(() => {
    screen.say('» the controller process is killed and started again');
    restarting = restarting.then(() => stack.restartController());
  }, everyMs);
  return async () => {
    clearInterval(timer);
    await restarting;
  };
}
