import { scrape } from './probe.js';

/** Requests of a controller by `verb kind`, as its own metrics count them; without watches and leases. */
export type Requests = ReadonlyMap<string, number>;

/** What was sent so far. */
export async function requestsOf(url: string): Promise<Requests> {
  const counts = new Map<string, number>();
  for (const [labels, count] of await scrape(url, 'sluice_kube_requests_total')) {
    const label = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
    const [verb, kind] = [label('verb'), label('kind')];
    if (verb === 'watch' || kind === 'Lease') continue;
    counts.set(`${verb} ${kind}`, (counts.get(`${verb} ${kind}`) ?? 0) + count);
  }
  return counts;
}

/** How late the event loop of the controller was since this or `requestsOf` was last asked: 99th percentile, in ms. */
export async function eventLoopDelay(url: string): Promise<number> {
  const text = await (await fetch(url)).text();
  return Math.round(1000 * Number(/^nodejs_eventloop_lag_p99_seconds (.+)$/m.exec(text)?.[1]));
}

/** What came on top from one moment to the next. */
export function difference(before: Requests, after: Requests): Requests {
  const entries = [...after].map(([key, count]) => [key, count - (before.get(key) ?? 0)] as const);
  return new Map(entries.filter(([, count]) => count > 0));
}

export function total(counts: Requests): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
