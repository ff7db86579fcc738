import type { SetHeaderRoute, SetMirrorRoute } from '#api/argoproj/rollout.js';
import type { HeaderMatch, ManagedRoute } from '#core/traffic/request.js';
import { withoutUndefined } from '../course.js';
import { stepDone, stepOpen, type StepGoal, type StepKind } from './step.js';

/** Sends requests with a header to the canary, until a step without `match` takes the route away. */
export const setHeaderRoute: StepKind<'setHeaderRoute'> = {
  key: 'setHeaderRoute',
  words: (value) => `setHeaderRoute: ${value.name ?? ''}`,
  goal: (before, value) => withRoute(before, value.name ?? '', headerRoute(value)),
  progress: (context) => (context.isTrafficReached ? stepDone : stepOpen),
};

/** Copies requests to the canary, until a step without `match` takes the route away. */
export const setMirrorRoute: StepKind<'setMirrorRoute'> = {
  key: 'setMirrorRoute',
  words: (value) => `setMirrorRoute: ${value.name}`,
  goal: (before, value) => withRoute(before, value.name, mirrorRoute(value)),
  progress: (context) => (context.isTrafficReached ? stepDone : stepOpen),
};

function withRoute(before: StepGoal, name: string, route: ManagedRoute | undefined): StepGoal {
  const others = before.routes.filter((existing) => existing.name !== name);
  return { ...before, routes: route === undefined ? others : [...others, route] };
}

function headerRoute({ name, match }: SetHeaderRoute): ManagedRoute | undefined {
  if (match === undefined || match.length === 0) return undefined;
  const headers = match.map((m): HeaderMatch => ({
    headerName: m.headerName,
    headerValue: withoutUndefined(m.headerValue ?? {}),
  }));
  return { kind: 'header', name: name ?? '', match: headers };
}

function mirrorRoute({ name, match, percentage }: SetMirrorRoute): ManagedRoute | undefined {
  if (match === undefined || match.length === 0) return undefined;
  return { kind: 'mirror', name, match, ...(percentage === undefined ? {} : { percentage }) };
}
