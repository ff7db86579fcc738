import { fluxConditions, fluxKeys } from '#api/flux/words.js';
import { findCondition } from '#core/kube/conditions.js';
import { addMs, formatMicroInstant, type Instant } from '#core/time/instant.js';
import { AppError } from '#ports/errors.js';
import { fieldManager } from '../carry-out.js';
import { ExitWith } from '../command.js';
import type { Connection, Io } from '../io.js';
import type { FlowObject, Found } from './flow-objects.js';
import { nameOf } from './flow-objects.js';

const lookMs = 250;

/** Asks a reconcile. @returns what the object says when it has handled the request. */
export async function request({ kube }: Connection, io: Io, { kind, object }: Found): Promise<string> {
  const at = formatMicroInstant(io.clock.now());
  const { name, namespace } = object.metadata;
  await kube.patch(
    { kind, name, ...(namespace === undefined ? {} : { namespace }) },
    { type: 'merge', body: { metadata: { annotations: { [fluxKeys.requestedAt]: at } } } },
    { fieldManager },
  );
  return at;
}

/** What is awaited, and for how long. */
export interface Awaited {
  readonly until: Instant;
  /** Whether the object has done what it was asked for; its Ready condition says how it went. */
  readonly isDone: (object: FlowObject) => boolean;
}

/** Looks until the object has done it and is Ready or not; ends with exit code 1 when it failed or time is up. */
export async function follow(
  { kube }: Connection,
  io: Io,
  found: Found,
  { until, isDone }: Awaited,
): Promise<FlowObject> {
  const { kind, object } = found;
  const { name, namespace } = object.metadata;
  for (;;) {
    const now = await kube.get<FlowObject>({ kind, name, ...(namespace === undefined ? {} : { namespace }) });
    if (now === undefined) throw new ExitWith(1, `${nameOf(found)} is gone`);
    const ready = findCondition(now.status?.conditions, fluxConditions.ready);
    if (isDone(now) && ready?.status === 'True') return now;
    if (isDone(now) && ready?.status === 'False')
      throw new ExitWith(1, `${nameOf(found)}: ${ready.reason ?? ''}: ${ready.message ?? ''}`);
    if (io.clock.now() >= until)
      throw new ExitWith(1, `${nameOf(found)}: not done in time: ${ready?.message ?? 'no status yet'}`);
    await rest(io, lookMs);
  }
}

/** A pause that the user may end. */
export async function rest(io: Io, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      cancel();
      io.interrupted.removeEventListener('abort', end);
      resolve();
    };
    const cancel = io.clock.schedule(addMs(io.clock.now(), ms), end);
    if (io.interrupted.aborted) end();
    else io.interrupted.addEventListener('abort', end);
  });
  if (io.interrupted.aborted) throw new AppError('ShuttingDown', 'interrupted');
}
