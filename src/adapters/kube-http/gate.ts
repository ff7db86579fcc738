import type { KubeRequest } from './exchange.js';

/** Lets requests through by their urgency, as many at a time as the server is found to bear. */
export interface Gate {
  /** Resolves when the request may be sent, with what is to be called when it was answered. */
  enter(request: Pick<KubeRequest, 'kind' | 'path' | 'method'>): Promise<(answer: Answer) => void>;
}

/** How a request ended, as far as it says how much the server bears. */
export type Answer = 'fine' | 'throttled';

/** The smaller the sooner: what moves traffic, then pods, then words about both. */
const urgencies = { traffic: 0, pods: 1, status: 2, events: 3 } as const;

/**
 * Of five requests at a time two may be events, so that a burst of them holds nothing up; before status goes on, they
 * get these places, so that they are not told late.
 */
const eventsShare = 0.4;

/** Places beyond the limit for what moves traffic, as long as the server bears all: an abort waits for no answer. */
export const spareForTraffic = 3;

/** Events have places of their own, which status does not take from them. */
const turns = [urgencies.traffic, urgencies.pods, urgencies.events, urgencies.status];

/**
 * As many requests at a time as `most`; half as many after each 429, and more again with each answer that is none.
 * Whoever waits goes by urgency, then in turn.
 */
export function createGate(most: number): Gate {
  const waiting: (() => void)[][] = Object.values(urgencies).map(() => []);
  let bears = most;
  let running = 0;
  let events = 0;

  function mayGo(urgency: number): boolean {
    const spare = urgency === urgencies.traffic && bears >= most ? spareForTraffic : 0;
    if (running >= Math.max(1, Math.floor(bears)) + spare) return false;
    return urgency !== urgencies.events || events < Math.max(1, Math.floor(bears * eventsShare));
  }

  function go(urgency: number): void {
    running++;
    if (urgency === urgencies.events) events++;
  }

  function wake(): void {
    for (const urgency of turns) {
      const line = waiting[urgency] ?? [];
      while (line.length > 0 && mayGo(urgency)) {
        go(urgency);
        line.shift()?.();
      }
    }
  }

  return {
    async enter(request) {
      const urgency = urgencyOf(request);
      if (mayGo(urgency)) go(urgency);
      else await new Promise<void>((resolve) => waiting[urgency]?.push(resolve));
      let isOver = false;
      return (answer) => {
        if (isOver) return;
        isOver = true;
        running--;
        if (urgency === urgencies.events) events--;
        bears = answer === 'throttled' ? Math.max(1, bears / 2) : Math.min(most, bears + 1 / bears);
        wake();
      };
    },
  };
}

/** Kinds whose writes make or end pods, or ask for measurements. */
const podKinds: readonly string[] = ['ReplicaSet', 'Pod', 'Deployment', 'AnalysisRun', 'Experiment', 'Job'];

function urgencyOf({ kind, path, method }: Pick<KubeRequest, 'kind' | 'path' | 'method'>): number {
  if (kind === 'Event') return urgencies.events;
  const [resource = ''] = path.split('?');
  if (resource.endsWith('/status')) return urgencies.status;
  return method === 'GET' || podKinds.includes(kind) ? urgencies.pods : urgencies.traffic;
}
