import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { instantOf } from '#core/time/instant.js';
import { AppError } from '#ports/errors.js';
import { Ledger } from './ledger.js';
import { startLoad, type Load } from './load.js';
import { readScene, shopRollouts, type Scene } from './scene.js';
import type { Screen } from './screen.js';
import type { Stack } from './stack.js';
import { WeightLog } from './weight-log.js';

/** Distinct users of the load generator. */
export const users = 1000;

const requestsPerSecond = 50;
const lookEveryMs = 250;

/** Where the demo plays: it looks at the cluster, keeps the load going, draws, and waits for things to become true. */
export class Stage {
  readonly ledger = new Ledger();
  readonly weights = new WeightLog();
  readonly #stack: Stack;
  readonly #screen: Screen;
  readonly #signal: AbortSignal;
  readonly #ended = new AbortController();
  readonly #following: Promise<void>;
  readonly #startedAt = Date.now();
  #load: Load | undefined;
  #title = 'starting';

  constructor(parts: { readonly stack: Stack; readonly screen: Screen; readonly signal: AbortSignal }) {
    this.#stack = parts.stack;
    this.#screen = parts.screen;
    this.#signal = parts.signal;
    this.#following = this.weights.follow(parts.stack.sandbox.kube, this.#ended.signal);
  }

  set title(title: string) {
    this.#title = title;
  }

  /** Looks until it is true and returns that scene; throws a sentence when it does not become true in time. */
  async until(what: string, limitMs: number, isTrue: (scene: Scene) => boolean): Promise<Scene> {
    const deadline = Date.now() + limitMs;
    for (;;) {
      this.#signal.throwIfAborted();
      const scene = await readScene(this.#stack.sandbox.kube, instantOf(Date.now()));
      this.#show(scene);
      if (isTrue(scene)) return scene;
      if (Date.now() > deadline) throw new AppError('KubeTimeout', `${what}: not within ${limitMs / 1000} s`);
      await delay(lookEveryMs);
    }
  }

  /** Sends the steady stream to every host, once each of them answers. */
  async startLoad(): Promise<void> {
    const gatewayUrl = `http://127.0.0.1:${this.#stack.sandbox.gateway.port}`;
    const hosts = shopRollouts.map((name) => `${name}.example`);
    for (const host of hosts) await answers(gatewayUrl, host, this.#signal);
    this.#load = startLoad({
      gatewayUrl,
      hosts,
      requestsPerSecond,
      users,
      onAnswer: (answer) => this.ledger.add(answer),
    });
  }

  async stopLoad(): Promise<void> {
    await this.#load?.stop();
    this.#load = undefined;
  }

  async close(): Promise<void> {
    this.#ended.abort();
    await this.stopLoad();
    await this.#following;
  }

  #show(scene: Scene): void {
    const traffic = this.ledger
      .totals()
      .map((totals) => ({ totals, shares: this.ledger.shares(totals.host, scene.now) }));
    const pageUrl = this.#stack.controller?.pageUrl;
    this.#screen.show({
      title: this.#title,
      elapsedMs: Date.now() - this.#startedAt,
      scene,
      traffic,
      pageUrl,
    });
  }
}

/** The gateway learns of a new route some time after it is written: nobody counts what is sent before. */
async function answers(gatewayUrl: string, host: string, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    signal.throwIfAborted();
    const { statusCode, body } = await request(gatewayUrl, { headers: { host } });
    await body.dump();
    if (statusCode === 200) return;
    await delay(100);
  }
  throw new AppError('KubeTimeout', `the gateway does not answer for ${host}`);
}
